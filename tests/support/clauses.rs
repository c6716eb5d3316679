//! Random rules, exceptions and suspensions.

use super::fields::Kind;
use super::policies::{Author, Clause, Declaration};
use super::references::Target;

impl Author {
    /// The rule or exception of that number.
    pub fn rule(&mut self, number: usize) -> Declaration {
        self.asking = Some(number);
        let info = self.skeleton.rules[number].clone();
        let mut clauses = self.front_matter();
        if !info.tags.is_empty() {
            let tags: Vec<&str> = info
                .tags
                .iter()
                .map(|&t| self.skeleton.tags[t].as_str())
                .collect();
            clauses.push(Clause::text(format!("tags {}", tags.join(", "))));
        }
        clauses.extend(self.for_each().map(Clause::text));
        self.push_windows(&mut clauses);
        let depth = self.random.between(1, self.knobs.depth);
        let when = if self.knobs.exploding && self.random.chance(70) {
            self.exploding()
        } else {
            self.formula(depth)
        };
        clauses.push(Clause::Condition("when", when));
        for _ in 0..self.random.between(0, self.knobs.unless) {
            let depth = self.random.below(self.knobs.depth.min(3));
            let unless = if self.knobs.exploding && self.random.chance(20) {
                self.exploding()
            } else {
                self.formula(depth)
            };
            clauses.push(Clause::Condition("unless", unless));
        }
        self.end_conditions();
        if info.bears_verdict {
            clauses.push(Clause::text(self.then()));
        }
        if info.bears_verdict && self.random.chance(20) {
            let verdict = *self.random.pick(&self.verdicts);
            clauses.push(Clause::text(format!("if unknown {verdict}")));
        }
        self.push_consequences(&mut clauses);
        self.end_each();
        self.asking = None;
        let title = format!("{} of a random policy", info.name);
        let opening = if info.is_exception() {
            format!(
                "exception {} \"{title}\" to {}",
                info.name,
                self.targets_text(&info.to)
            )
        } else {
            format!("rule {} \"{title}\"", info.name)
        };
        Declaration::Block { opening, clauses }
    }

    fn targets_text(&self, targets: &[Target]) -> String {
        let texts: Vec<String> = targets
            .iter()
            .map(|t| self.skeleton.target_text(t))
            .collect();
        texts.join(", ")
    }

    fn front_matter(&mut self) -> Vec<Clause> {
        let second = if self.random.chance(15) {
            ", \"Appendix 2\""
        } else {
            ""
        };
        vec![Clause::text(format!(
            "cites \"Law {}\"{second}",
            self.random.between(1, 99)
        ))]
    }

    fn push_windows(&mut self, clauses: &mut Vec<Clause>) {
        for _ in 0..*self.random.pick(&[0, 0, 0, 1, 1, 2]) {
            let window = self.window_from();
            clauses.push(Clause::text(format!("in force {window}")));
        }
        if self.random.chance(12) {
            let window = self.window_from();
            clauses.push(Clause::text(format!("suspended {window}")));
        }
    }

    fn then(&mut self) -> String {
        let severe = if self.random.chance(85) { 1 } else { 0 };
        let at = self.random.between(severe, self.verdicts.len() - 1);
        let verdict = match (self.answer_of_element(), self.random.chance(75)) {
            (Some(answer), _) => answer,
            (None, true) => self.verdicts[at].to_owned(),
            (None, false) => self.verdict(1),
        };
        if self.random.chance(40) {
            format!("then {verdict} because {}", self.template())
        } else {
            format!("then {verdict}")
        }
    }

    /// A text with fields filled in.
    fn template(&mut self) -> String {
        let plain = self
            .fields
            .iter()
            .filter(|field| !field.name.contains(' ') && !matches!(field.kind, Kind::List(_)));
        let mut names: Vec<String> = plain.map(|field| field.name.clone()).collect();
        names.extend(self.names_of_element());
        match self.random.below(4) {
            0 => "\"nothing to fill in\"".into(),
            1 => format!(
                "\"about {{{}}} and {{{{braces}}}}\"",
                self.random.pick(&names)
            ),
            2 => {
                let (a, b) = (
                    self.random.pick(&names).clone(),
                    self.random.pick(&names).clone(),
                );
                format!("\"{{{a}}}, {{{b}}}\"")
            }
            _ => format!("\"see {{{}}}\"", self.random.pick(&names)),
        }
    }

    fn push_consequences(&mut self, clauses: &mut Vec<Clause>) {
        for _ in 0..*self.random.pick(&[0, 0, 0, 1, 2]) {
            let obligation = self.obligation();
            clauses.push(Clause::text(obligation));
        }
        if self.random.chance(20) {
            let note = if self.random.chance(50) {
                format!("note presumption {}", self.template())
            } else {
                // A note is not a place for `caught(only tagged T)`, which leaves out the rule that asks.
                let asks = std::mem::replace(&mut self.knobs.asks, false);
                let kind =
                    *self
                        .random
                        .pick(&[Kind::Money(0), Kind::Percent, Kind::Date, Kind::Country]);
                let figure = self.value(kind, 1).text();
                self.knobs.asks = asks;
                format!("note figure {figure}")
            };
            clauses.push(Clause::text(note));
        }
        if self.random.chance(8) {
            clauses.push(Clause::text("weight guidance"));
        }
    }

    fn obligation(&mut self) -> String {
        let what = match self.random.chance(15) {
            true => self.text_of_record(),
            false => self.template(),
        };
        let mut text = format!("obliges {what}");
        if self.random.chance(50) {
            text.push_str(&format!(" within {}", self.period()));
            if self.random.chance(50)
                && let Some(field) = self.field_of(Kind::Date)
            {
                text.push_str(&format!(" after {field}"));
            }
        }
        text
    }

    /// A text that is worked out.
    fn text_of_record(&mut self) -> String {
        let asks = std::mem::replace(&mut self.knobs.asks, false);
        let text = self.value(Kind::Text { folded: false }, 1).text();
        self.knobs.asks = asks;
        match text.starts_with('"') {
            true => self.template(),
            false => text,
        }
    }

    /// A suspension; `number` of them stand before it.
    pub fn suspension(&mut self, number: usize) -> Declaration {
        let mut targets = Vec::new();
        for _ in 0..*self.random.pick(&[1, 1, 2]) {
            let target = match self.random.below(10) {
                0..=2 if number > 0 => format!("suspension_{}", self.random.below(number)),
                3..=5 if let Some(tag) = self.skeleton.borne_tag(&mut self.random) => {
                    self.skeleton.target_text(&Target::Tagged(tag))
                }
                _ => self.random.pick(&self.skeleton.rules).name.clone(),
            };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        let mut clauses = vec!["cites \"Decree 7\"".to_owned()];
        for _ in 0..*self.random.pick(&[1, 1, 2]) {
            clauses.push(self.window_from());
        }
        let opening = format!(
            "suspension suspension_{number} \"A pause\" of {}",
            targets.join(", ")
        );
        Declaration::block(&opening, clauses)
    }
}
