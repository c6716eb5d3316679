//! Random policies: well typed, in one file, and in pieces that can be taken away one by one.

use super::fields::{FieldInfo, Kind, random_field, random_fields};
use super::formula::Formula;
use super::lists::{self, random_levels};
use super::pools::Pools;
use super::random::Random;
use super::reference::ListInfo;
use super::references::{Ask, Skeleton};
use std::fmt::Write;

/// What kind of policy is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// One to three rules.
    Tiny,
    /// Three to fifteen rules.
    Usual,
    /// Few rules, many exceptions, exceptions to exceptions, suspensions.
    Exceptions,
    /// Conditions whose disjunctive forms are very large.
    Exploding,
}

/// How large and how wild a policy becomes.
#[derive(Clone, Debug)]
pub struct Knobs {
    /// Rules, least and most.
    pub rules: (usize, usize),
    /// Exceptions, least and most.
    pub exceptions: (usize, usize),
    /// Fields besides key and as-of.
    pub fields: (usize, usize),
    /// The deepest nesting of connectives.
    pub depth: usize,
    /// The deepest nesting of computed values.
    pub value_depth: usize,
    /// The most `unless` of a rule.
    pub unless: usize,
    /// The most suspensions.
    pub suspensions: usize,
    /// Whether conditions are to explode.
    pub exploding: bool,
    /// Whether `is missing`, `is known`, `is unknown` and `assume` occur.
    pub absence: bool,
    /// Whether codes are asked by `under` alone, so that refining one cannot flip an answer.
    pub only_under: bool,
    /// Whether conditions ask about rules.
    pub asks: bool,
}

impl Knobs {
    /// The knobs of a profile; what a profile leaves open is drawn.
    pub fn new(random: &mut Random, profile: Profile) -> Knobs {
        let usual = Knobs {
            rules: (3, 15),
            exceptions: (0, 5),
            fields: (6, 16),
            depth: 3,
            value_depth: 2,
            unless: 2,
            suspensions: 2,
            exploding: false,
            absence: random.chance(50),
            only_under: random.chance(40),
            asks: random.chance(70),
        };
        match profile {
            Profile::Tiny => Knobs {
                rules: (1, 3),
                exceptions: (0, 2),
                fields: (2, 6),
                depth: 2,
                value_depth: 3,
                unless: 1,
                suspensions: 1,
                ..usual
            },
            Profile::Usual => usual,
            Profile::Exceptions => Knobs {
                rules: (2, 6),
                exceptions: (4, 12),
                depth: 2,
                unless: 3,
                suspensions: 4,
                ..usual
            },
            Profile::Exploding => Knobs {
                rules: (1, 5),
                exceptions: (0, 5),
                depth: 4,
                unless: 3,
                exploding: true,
                ..usual
            },
        }
    }
}

/// One clause of a block.
#[derive(Clone, Debug)]
pub enum Clause {
    /// As written.
    Text(String),
    /// `when` or `unless`.
    Condition(&'static str, Formula),
}

impl Clause {
    /// A clause that cannot be cut down, only taken away.
    pub fn text(text: impl Into<String>) -> Clause {
        Clause::Text(text.into())
    }
}

/// One declaration.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// On one line.
    Line(String),
    /// With clauses between braces.
    Block {
        /// All before the brace.
        opening: String,
        /// Its clauses, one a line.
        clauses: Vec<Clause>,
    },
}

impl Declaration {
    /// A declaration on one line.
    pub fn line(text: impl Into<String>) -> Declaration {
        Declaration::Line(text.into())
    }

    /// A block of plain clauses.
    pub fn block(opening: &str, clauses: Vec<String>) -> Declaration {
        Declaration::Block {
            opening: opening.to_owned(),
            clauses: clauses.into_iter().map(Clause::Text).collect(),
        }
    }

    /// The declaration with a piece less.
    fn smaller(&self) -> Vec<Declaration> {
        let Declaration::Block { opening, clauses } = self else {
            return Vec::new();
        };
        let rebuilt = |clauses: Vec<Clause>| Declaration::Block {
            opening: opening.clone(),
            clauses,
        };
        let mut found = Vec::new();
        for at in 0..clauses.len() {
            let mut fewer = clauses.clone();
            fewer.remove(at);
            found.push(rebuilt(fewer));
        }
        for (at, clause) in clauses.iter().enumerate() {
            let Clause::Condition(word, formula) = clause else {
                continue;
            };
            for smaller in formula.smaller() {
                let mut changed = clauses.clone();
                changed[at] = Clause::Condition(word, smaller);
                found.push(rebuilt(changed));
            }
        }
        found
    }

    fn write(&self, text: &mut String) {
        match self {
            Declaration::Line(line) => text.push_str(line),
            Declaration::Block { opening, clauses } => {
                text.push_str(opening);
                text.push_str(" {\n");
                for clause in clauses {
                    match clause {
                        Clause::Text(clause) => writeln!(text, "  {clause}"),
                        Clause::Condition(word, formula) => writeln!(text, "  {word} {formula}"),
                    }
                    .expect("writing to a string");
                }
                text.push('}');
            }
        }
        text.push('\n');
    }
}

/// A random policy.
#[derive(Clone, Debug)]
pub struct RandomPolicy {
    /// Its declarations, in the order of the file.
    pub declarations: Vec<Declaration>,
    /// The fields of its record: key, as-of, then the others.
    pub fields: Vec<FieldInfo>,
    /// The fields of the records that stand in lists.
    pub levels: Vec<Vec<FieldInfo>>,
    /// The values it is about.
    pub pools: Pools,
    /// The files that its lists are read from.
    pub files: Vec<(String, String)>,
    /// Whether it asks about absence or assumes: then more information may flip an answer.
    pub asks_about_absence: bool,
    /// Whether codes are asked by `under` alone.
    pub codes_only_under: bool,
}

impl RandomPolicy {
    /// The file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for declaration in &self.declarations {
            declaration.write(&mut text);
        }
        text
    }

    /// Policies with a piece less, the largest pieces first. Not all are well formed.
    pub fn smaller(&self) -> impl Iterator<Item = RandomPolicy> + '_ {
        let without = (0..self.declarations.len()).map(|at| {
            let mut fewer = self.declarations.clone();
            fewer.remove(at);
            fewer
        });
        let cut = self
            .declarations
            .iter()
            .enumerate()
            .flat_map(move |(at, declaration)| {
                declaration.smaller().into_iter().map(move |smaller| {
                    let mut changed = self.declarations.clone();
                    changed[at] = smaller;
                    changed
                })
            });
        without.chain(cut).map(|declarations| RandomPolicy {
            declarations,
            ..self.clone()
        })
    }
}

/// A define that was written.
#[derive(Clone, Debug)]
pub struct DefineInfo {
    /// Its name.
    pub name: String,
    /// What stands behind a call: `.value` of a table with several.
    pub of: String,
    /// What it gives.
    pub kind: Kind,
    /// What its parameters are.
    pub parameters: Vec<Kind>,
    /// What it asks about rules.
    pub asks: Vec<Ask>,
}

/// Writes one policy.
#[derive(Debug)]
pub struct Author {
    pub random: Random,
    pub knobs: Knobs,
    pub pools: Pools,
    pub fields: Vec<FieldInfo>,
    pub levels: Vec<Vec<FieldInfo>>,
    pub verdicts: Vec<&'static str>,
    /// Params and defines that come to verdicts.
    pub verdict_names: Vec<String>,
    pub skeleton: Skeleton,
    pub zoned: bool,
    /// Lists that are read from files, and these.
    pub reference: Vec<ListInfo>,
    pub files: Vec<(String, String)>,
    /// Declared so far.
    pub sets: Vec<(String, Kind)>,
    pub params: Vec<(String, Kind)>,
    pub defines: Vec<DefineInfo>,
    /// The parameters of the define that is being written.
    pub scope: Vec<(String, Kind)>,
    /// Whether the rule that is being written is for each row of a list that gives a verdict.
    pub answer_at_hand: bool,
    /// The rule that is being written.
    pub asking: Option<usize>,
    /// What the define that is being written asks about rules.
    pub asks: Vec<Ask>,
    /// Calls of defines around the place that is being written.
    pub calls: usize,
    /// Elements of lists that have a name there.
    pub elements: usize,
    /// Choices of a verdict around it.
    pub choices: usize,
}

/// A random policy of a random profile.
pub fn random_policy(seed: u64) -> RandomPolicy {
    let profile = match Random::new(seed).below(20) {
        0..=6 => Profile::Tiny,
        7..=12 => Profile::Usual,
        13..=16 => Profile::Exceptions,
        _ => Profile::Exploding,
    };
    random_policy_of(seed, profile)
}

/// A random policy of that profile.
pub fn random_policy_of(seed: u64, profile: Profile) -> RandomPolicy {
    let mut random = Random::new(seed ^ 0xa5a5);
    let knobs = Knobs::new(&mut random, profile);
    Author::new(random, knobs).policy()
}

impl Author {
    /// An author who has made up the record and the rules' names.
    pub fn new(mut random: Random, knobs: Knobs) -> Author {
        let pools = Pools::new(&mut random);
        let count = random.between(knobs.fields.0, knobs.fields.1);
        let instant_as_of = random.chance(12);
        let mut fields = random_fields(&mut random, count, instant_as_of);
        let levels = match random.chance(25) {
            true => random_levels(&mut random),
            false => Vec::new(),
        };
        if !levels.is_empty() {
            for number in 0..random.between(1, 2) {
                let level = *random.pick(&[0, 0, 1]);
                fields.push(random_field(&mut random, Kind::List(level), number));
            }
        }
        let rules = random.between(knobs.rules.0, knobs.rules.1);
        let exceptions = random.between(knobs.exceptions.0, knobs.exceptions.1);
        let skeleton = Skeleton::new(&mut random, rules, exceptions);
        let zoned = fields.iter().any(|field| field.kind == Kind::Instant) || random.chance(20);
        Author {
            random,
            knobs,
            pools,
            fields,
            levels,
            verdicts: Vec::new(),
            verdict_names: Vec::new(),
            skeleton,
            zoned,
            reference: Vec::new(),
            files: Vec::new(),
            sets: Vec::new(),
            params: Vec::new(),
            defines: Vec::new(),
            scope: Vec::new(),
            answer_at_hand: false,
            asking: None,
            asks: Vec::new(),
            calls: 0,
            elements: 0,
            choices: 0,
        }
    }

    /// The policy.
    pub fn policy(mut self) -> RandomPolicy {
        let header = self.header();
        let mut declarations = vec![self.record()];
        declarations.extend(lists::declarations(&self.levels));
        declarations.extend(self.vocabulary());
        if self.random.chance(40) {
            let count = self.random.between(1, 3);
            declarations.extend(self.reference_lists(count));
            declarations.extend(self.closures());
        }
        let count = self.random.between(0, 5);
        declarations.extend(self.sets(count));
        let count = self.random.between(0, 4);
        declarations.extend(self.params(count));
        let count = *self.random.pick(&[0, 0, 0, 1, 2]);
        declarations.extend(self.aggregates(count));
        let count = self.random.between(0, 5);
        declarations.extend(self.defines(count));
        let count = *self.random.pick(&[0, 0, 0, 1, 1, 2, 3]);
        declarations.extend(self.tables(count));
        let count = *self.random.pick(&[0, 0, 0, 1, 1, 2]);
        declarations.extend(self.file_tables(count));
        declarations.extend(self.verdict_sources());
        for number in 0..self.skeleton.rules.len() {
            declarations.push(self.rule(number));
        }
        for number in 0..self.random.between(0, self.knobs.suspensions) {
            declarations.push(self.suspension(number));
        }
        if self.random.chance(25) {
            declarations.push(self.test_in_the_language());
        }
        // Order does not matter to the meaning, only to the order of results.
        if self.random.chance(40) {
            self.random.shuffle(&mut declarations);
        }
        declarations.insert(0, header);
        RandomPolicy {
            declarations,
            fields: self.fields,
            levels: self.levels,
            pools: self.pools,
            files: self.files,
            asks_about_absence: self.knobs.absence,
            codes_only_under: self.knobs.only_under,
        }
    }

    fn record(&mut self) -> Declaration {
        let fields = self.fields.iter().enumerate().map(|(at, field)| {
            field.declaration(match at {
                0 => "key ",
                1 => "as of ",
                _ => "",
            })
        });
        Declaration::block("record shipment", fields.collect())
    }
}
