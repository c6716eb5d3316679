//! The rules a random policy will have, before their clauses are written: names, tags, what excepts what, and who may
//! ask about whom without a cycle.

use super::random::Random;

/// A rule or exception to be.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// Its name.
    pub name: String,
    /// Its tags, by number.
    pub tags: Vec<usize>,
    /// For an exception, how it names what it excepts; none for a rule.
    pub to: Vec<Target>,
    /// Whether it has a `then`.
    pub bears_verdict: bool,
}

impl RuleInfo {
    /// Whether it is an exception.
    pub fn is_exception(&self) -> bool {
        !self.to.is_empty()
    }
}

/// What an exception is to, or a suspension of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A rule or exception.
    Rule(usize),
    /// `tagged T`
    Tagged(usize),
    /// `exceptions tagged T`
    ExceptionsTagged(usize),
}

/// What a condition asks about rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `applies(R)`
    Applies(usize),
    /// `applies(tagged T)`
    AppliesTagged(usize),
    /// `caught(R)`
    Caught(usize),
    /// `caught(tagged T)`
    CaughtTagged(usize),
    /// `caught(only tagged T)`
    CaughtOnlyTagged(usize),
}

/// Three questions about each rule, of which one can hang on another (ruling 11).
const WOULD: usize = 0;
const STOPS: usize = 1;
const TRUTH: usize = 2;

/// All rules to be.
#[derive(Clone, Debug, Default)]
pub struct Skeleton {
    /// Rules, then exceptions; each exception only excepts what stands before it.
    pub rules: Vec<RuleInfo>,
    /// Names of tags.
    pub tags: Vec<String>,
    edges: Vec<Vec<usize>>,
}

impl Skeleton {
    /// A skeleton of so many rules and exceptions.
    pub fn new(random: &mut Random, rules: usize, exceptions: usize) -> Skeleton {
        let mut skeleton = Skeleton {
            rules: Vec::new(),
            tags: (0..random.between(1, 4))
                .map(|n| format!("tag_{n}"))
                .collect(),
            edges: Vec::new(),
        };
        for number in 0..rules {
            let tags = skeleton.some_tags(random);
            skeleton.rules.push(RuleInfo {
                name: format!("rule_{number}"),
                tags,
                to: Vec::new(),
                bears_verdict: true,
            });
        }
        for number in 0..exceptions {
            let to = skeleton.some_targets(random);
            let tags = skeleton.some_tags(random);
            skeleton.rules.push(RuleInfo {
                name: format!("exception_{number}"),
                tags,
                to,
                bears_verdict: random.chance(45),
            });
        }
        skeleton.link();
        skeleton
    }

    fn some_tags(&self, random: &mut Random) -> Vec<usize> {
        let all: Vec<usize> = (0..self.tags.len()).collect();
        let count = *random.pick(&[0, 0, 1, 1, 1, 2]);
        random.sample(&all, count)
    }

    fn some_targets(&self, random: &mut Random) -> Vec<Target> {
        let mut targets = Vec::new();
        for _ in 0..*random.pick(&[1, 1, 1, 2, 3]) {
            let target = self.one_target(random);
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    fn one_target(&self, random: &mut Random) -> Target {
        let tag = random.below(self.tags.len());
        let borne = |exception: bool| {
            let mut bearers = self.rules.iter().filter(|r| r.tags.contains(&tag));
            bearers.any(|r| r.is_exception() == exception)
        };
        match random.below(10) {
            0..=2 if borne(false) => Target::Tagged(tag),
            // Every exception that will bear the tag must exist already, or it could come to except itself; so
            // the tag is taken off those still to come, by `link`.
            3 if borne(true) => Target::ExceptionsTagged(tag),
            _ => Target::Rule(random.below(self.rules.len())),
        }
    }

    /// The rules a target means.
    pub fn meant(&self, target: &Target) -> Vec<usize> {
        let all = 0..self.rules.len();
        match target {
            Target::Rule(rule) => vec![*rule],
            Target::Tagged(tag) => all
                .filter(|&r| self.rules[r].tags.contains(tag) && !self.rules[r].is_exception())
                .collect(),
            Target::ExceptionsTagged(tag) => all
                .filter(|&r| self.rules[r].tags.contains(tag) && self.rules[r].is_exception())
                .collect(),
        }
    }

    fn bearers(&self, tag: usize) -> Vec<usize> {
        let all = 0..self.rules.len();
        all.filter(|&r| self.rules[r].tags.contains(&tag)).collect()
    }

    fn link(&mut self) {
        for at in 0..self.rules.len() {
            for target in self.rules[at].to.clone() {
                if let Target::ExceptionsTagged(tag) = target {
                    for later in &mut self.rules[at..] {
                        later.tags.retain(|&other| other != tag);
                    }
                }
            }
        }
        self.edges = vec![Vec::new(); 3 * self.rules.len()];
        for at in 0..self.rules.len() {
            self.edges[3 * at + TRUTH].extend([3 * at + WOULD]);
            let excepted: Vec<usize> = self.rules[at]
                .to
                .iter()
                .flat_map(|target| self.meant(target))
                .collect();
            for other in excepted {
                self.edges[3 * at + WOULD].push(3 * other + WOULD);
                self.edges[3 * other + STOPS].push(3 * at + STOPS);
                self.edges[3 * other + TRUTH].push(3 * at + STOPS);
            }
        }
    }

    fn nodes(&self, ask: &Ask) -> Vec<usize> {
        let of = |rules: Vec<usize>, what: usize| rules.iter().map(|r| 3 * r + what).collect();
        match ask {
            Ask::Applies(rule) => vec![3 * rule + TRUTH],
            Ask::AppliesTagged(tag) => of(self.bearers(*tag), TRUTH),
            Ask::Caught(rule) => vec![3 * rule + WOULD],
            Ask::CaughtTagged(tag) => of(self.bearers(*tag), WOULD),
            Ask::CaughtOnlyTagged(tag) => {
                let all = 0..self.rules.len();
                let asked =
                    |r: &usize| !self.rules[*r].is_exception() || self.rules[*r].tags.contains(tag);
                of(all.filter(asked).collect(), WOULD)
            }
        }
    }

    /// Notes that `asking` asks, unless that would be a cycle; says whether it was noted.
    pub fn try_ask(&mut self, asking: usize, asks: &[Ask]) -> bool {
        let nodes: Vec<usize> = asks.iter().flat_map(|ask| self.nodes(ask)).collect();
        let (would, stops) = (3 * asking + WOULD, 3 * asking + STOPS);
        if self.reach(&nodes, would) || self.reach(&nodes, stops) {
            return false;
        }
        self.edges[would].extend(&nodes);
        self.edges[stops].extend(&nodes);
        true
    }

    fn reach(&self, from: &[usize], goal: usize) -> bool {
        let mut seen = vec![false; self.edges.len()];
        let mut open = from.to_vec();
        while let Some(node) = open.pop() {
            if node == goal {
                return true;
            }
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(&self.edges[node]);
            }
        }
        false
    }

    /// A random question; `only` allows `caught(only tagged T)`.
    pub fn random_ask(&self, random: &mut Random, only: bool) -> Ask {
        let rule = random.below(self.rules.len());
        let tag = random.below(self.tags.len());
        // `tagged T` of `applies` and `caught` needs a bearer; a rule, to be on the safe side of every reading.
        let borne = self
            .bearers(tag)
            .iter()
            .any(|&r| !self.rules[r].is_exception());
        match random.below(10) {
            0..=2 => Ask::Applies(rule),
            3 | 4 if borne => Ask::AppliesTagged(tag),
            5 | 6 if borne => Ask::CaughtTagged(tag),
            7 if borne && only => Ask::CaughtOnlyTagged(tag),
            _ => Ask::Caught(rule),
        }
    }

    /// The question as written.
    pub fn ask_text(&self, ask: &Ask) -> String {
        match ask {
            Ask::Applies(rule) => format!("applies({})", self.rules[*rule].name),
            Ask::AppliesTagged(tag) => format!("applies(tagged {})", self.tags[*tag]),
            Ask::Caught(rule) => format!("caught({})", self.rules[*rule].name),
            Ask::CaughtTagged(tag) => format!("caught(tagged {})", self.tags[*tag]),
            Ask::CaughtOnlyTagged(tag) => format!("caught(only tagged {})", self.tags[*tag]),
        }
    }

    /// The target as written.
    pub fn target_text(&self, target: &Target) -> String {
        match target {
            Target::Rule(rule) => self.rules[*rule].name.clone(),
            Target::Tagged(tag) => format!("tagged {}", self.tags[*tag]),
            Target::ExceptionsTagged(tag) => format!("exceptions tagged {}", self.tags[*tag]),
        }
    }

    /// A tag that somebody bears, if there is one.
    pub fn borne_tag(&self, random: &mut Random) -> Option<usize> {
        let all = 0..self.tags.len();
        let borne: Vec<usize> = all.filter(|&tag| !self.bearers(tag).is_empty()).collect();
        (!borne.is_empty()).then(|| *random.pick(&borne))
    }
}
