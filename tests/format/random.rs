//! Random policies, without errors in their syntax, in the oddest of layouts: any blanks, line breaks and comments between any two words.

/// The text that `choices` stand for; when they run out, the simplest is taken.
pub fn policy(choices: Vec<u16>) -> String {
    let mut writer = Writer {
        choices,
        at: 0,
        out: String::new(),
        comments: 0,
    };
    while writer.at < writer.choices.len() {
        writer.item();
    }
    writer.gap();
    writer.out
}

struct Writer {
    choices: Vec<u16>,
    at: usize,
    out: String,
    comments: usize,
}

const NAMES: [&str; 12] = [
    "a",
    "origin",
    "destination_country",
    "a_rather_long_name_of_something",
    "value",
    "x1",
    "`Ship Date`",
    "CN",
    "chinese_rare_earth_value",
    "us_content",
    "key",
    "r",
];
const TYPES: [&str; 10] = [
    "text",
    "text folded",
    "country ?",
    "money USD",
    "percent of 1 ?",
    "mass kg signed",
    "date?",
    "hs",
    "some_enum",
    "decimal",
];
const LITERALS: [&str; 12] = [
    "1",
    "1_000.25",
    "25%",
    "0.1 %",
    "2_500 USD",
    "5  kg",
    "30 days",
    "2025-12-01",
    "\"8505.11\"",
    "\"a # b { \\\" }\"",
    "true",
    "false",
];
const STRINGS: [&str; 4] = [
    "\"x\"",
    "\"15 CFR 744.3(a)(1)\"",
    "\"\"",
    "\"a text that is rather long, with a # and {braces} in it\"",
];

impl Writer {
    fn pick(&mut self, count: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % count
    }

    fn maybe(&mut self) -> bool {
        self.pick(3) == 1
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        let number = self.comments;
        match self.pick(4) {
            0 => format!("# c{number}  "),
            1 => format!("## d{number}"),
            2 => format!("#c{number} rule r \"x\" {{ # and more"),
            _ => format!("#### {number}"),
        }
    }

    /// What stands between two words: at least one blank.
    fn gap(&mut self) {
        let gap = match self.pick(24) {
            0..=13 => " ".to_owned(),
            14 => "\t  ".to_owned(),
            15 | 16 => "\n".to_owned(),
            17 => "\r\n   ".to_owned(),
            18 => "\n\n \n\n".to_owned(),
            19 | 20 => format!(" {}\n", self.comment()),
            21 => format!("\n   {}\n", self.comment()),
            22 => format!(" {}\n {}\n", self.comment(), self.comment()),
            _ => format!("\n\n{}\n\n\n{}\n\n", self.comment(), self.comment()),
        };
        self.out.push_str(&gap);
    }

    /// Words with gaps before them.
    fn words(&mut self, words: &str) {
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            self.token(word);
        }
    }

    /// One word, or something that must stay on one line.
    fn token(&mut self, token: &str) {
        self.gap();
        self.out.push_str(token);
    }

    fn name(&mut self) {
        let name = NAMES[self.pick(NAMES.len())];
        self.token(name);
    }

    fn string(&mut self) {
        let string = STRINGS[self.pick(STRINGS.len())];
        self.token(string);
    }

    fn ty(&mut self) {
        let ty = TYPES[self.pick(TYPES.len())];
        self.words(ty);
    }

    /// One or more, with `separator` between them.
    fn joined(&mut self, separator: &str, one: fn(&mut Self)) {
        one(self);
        while self.maybe() {
            self.token(separator);
            one(self);
        }
    }

    /// None or more in braces, sometimes many, sometimes with a comma behind the last.
    fn bracketed(&mut self, open: &str, close: &str, one: fn(&mut Self)) {
        self.token(open);
        let count = [0, 1, 2, 3, 30][self.pick(5)];
        for number in 0..count {
            one(self);
            if number + 1 < count || self.maybe() {
                self.token(",");
            }
        }
        self.token(close);
    }

    fn repeated(&mut self, one: fn(&mut Self)) {
        for _ in 0..self.pick(4) {
            one(self);
        }
    }

    fn item(&mut self) {
        self.gap();
        self.out.push('\n');
        match self.pick(18) {
            0 => self.rule_like("rule", ""),
            1 => self.rule_like("exception", "to"),
            2 => self.rule_like("suspension", "of"),
            3 => self.record(),
            4 => self.enumeration(),
            5 | 6 => self.set(),
            7 => self.param(),
            8 | 9 => self.define(),
            10 => self.case(),
            11 | 12 => self.test(),
            13 => self.policy(),
            15 => self.list(),
            16 => self.aggregate(),
            14 => {
                self.words("verdicts");
                self.joined("<", Self::name);
            }
            _ => self.short(),
        }
    }

    fn short(&mut self) {
        match self.pick(4) {
            0 => self.words("otherwise"),
            1 => {
                self.words("import");
                return self.string();
            }
            2 => self.words("when unknown"),
            _ => {
                self.words("codes");
                self.name();
                self.words("like");
            }
        }
        self.name();
    }

    fn policy(&mut self) {
        self.words("policy");
        self.name();
        self.token("{");
        self.repeated(|writer| {
            let key = ["title", "version", "authority", "zone"][writer.pick(4)];
            writer.token(key);
            writer.string();
        });
        self.token("}");
    }

    fn record(&mut self) {
        self.words("record");
        self.name();
        self.token("{");
        self.repeated(|writer| {
            let role = ["", "", "key", "as of"][writer.pick(4)];
            writer.words(role);
            writer.name();
            writer.token(":");
            writer.ty();
            if writer.maybe() {
                writer.words("from");
                writer.string();
            }
        });
        self.token("}");
    }

    fn aggregate(&mut self) {
        self.words("aggregate");
        self.name();
        self.words(": money USD = sum");
        self.token("(");
        self.sum(1);
        self.token(")");
        if self.maybe() {
            self.words("where");
            self.expr(2);
        }
        self.words("over same");
        self.joined(",", Self::name);
        match self.pick(3) {
            0 => self.words("in the calendar year"),
            1 => {
                self.words("in the last");
                self.token("30 days");
            }
            _ => {}
        }
    }

    fn list(&mut self) {
        let is_table = self.maybe();
        self.words(if is_table { "table" } else { "list" });
        self.name();
        self.words("from");
        self.string();
        if self.maybe() {
            self.words("sheet");
            self.string();
        }
        self.token("{");
        match is_table {
            true => self.repeated(|writer| writer.list_entry("value")),
            false => self.repeated(|writer| writer.list_entry("")),
        }
        self.token("}");
    }

    /// A column or what is said of the rows; `other`: a role that a column may have besides `key`.
    fn list_entry(&mut self, other: &str) {
        match self.pick(5) {
            0 => {
                let from = ["valid from a", "valid until b", "valid through c"][self.pick(3)];
                self.words(from);
            }
            1 => {
                self.words("valid from");
                self.name();
                let end = ["until", "through"][self.pick(2)];
                self.words(end);
                self.name();
            }
            2 => {
                self.words("recorded");
                self.name();
            }
            _ => {
                let role = ["", other, "key"][self.pick(3)];
                self.words(role);
                self.name();
                self.token(":");
                self.ty();
                if self.maybe() {
                    self.words("from");
                    self.string();
                }
            }
        }
    }

    fn enumeration(&mut self) {
        self.words("enum");
        self.name();
        if self.maybe() {
            self.words("ordered {");
            self.joined("<", Self::name);
            self.token("}");
            return;
        }
        self.bracketed("{", "}", |writer| {
            writer.name();
            if writer.maybe() {
                writer.words("as");
                writer.joined("or", Self::string);
            }
        });
    }

    fn set(&mut self) {
        self.words("set");
        self.name();
        self.words("of");
        self.ty();
        self.token("=");
        self.sum(3);
    }

    fn param(&mut self) {
        self.words("param");
        self.name();
        self.token(":");
        self.ty();
        if self.maybe() {
            self.bracketed("{", "}", Self::element);
        } else {
            self.token("=");
            self.expr(3);
        }
    }

    fn define(&mut self) {
        self.words("define");
        self.name();
        if self.maybe() {
            self.bracketed("(", ")", |writer| {
                writer.name();
                writer.token(":");
                writer.ty();
            });
        }
        if self.maybe() {
            self.token(":");
            self.ty();
        }
        self.token("=");
        self.expr(4);
    }

    fn case(&mut self) {
        self.words("case");
        self.name();
        self.record_literal();
    }

    fn record_literal(&mut self) {
        self.bracketed("{", "}", |writer| {
            writer.name();
            writer.token(":");
            writer.expr(1);
        });
    }

    fn rule_like(&mut self, word: &str, link: &str) {
        self.words(word);
        self.name();
        self.string();
        if !link.is_empty() {
            self.words(link);
            self.joined(",", |writer| {
                let tagged = ["", "tagged", "exceptions tagged"][writer.pick(3)];
                writer.words(tagged);
                writer.name();
            });
        }
        self.token("{");
        if word == "suspension" {
            self.repeated(Self::common_clause);
            self.words("from");
            self.days();
        } else {
            self.repeated(Self::clause);
            self.words("when");
            self.expr(4);
            self.repeated(Self::clause);
            self.words("then");
            self.expr(1);
            if self.maybe() {
                self.words("because");
                self.string();
            }
        }
        self.repeated(Self::common_clause);
        self.token("}");
    }

    fn days(&mut self) {
        self.token("2025-01-01");
        let end = ["", "until", "through"][self.pick(3)];
        if !end.is_empty() {
            self.token(end);
            self.token("2026-01-01");
        }
    }

    fn common_clause(&mut self) {
        match self.pick(3) {
            0 => {
                self.words("cites");
                self.joined(",", Self::string);
            }
            1 => {
                self.words("tags");
                self.joined(",", Self::name);
            }
            _ => {
                self.words("note");
                self.name();
                self.string();
            }
        }
    }

    fn clause(&mut self) {
        match self.pick(6) {
            0 => self.common_clause(),
            1 => {
                let word = ["in force from", "suspended from"][self.pick(2)];
                self.words(word);
                self.days();
            }
            2 => {
                self.words("unless");
                self.expr(3);
            }
            3 => {
                self.words("if unknown");
                self.name();
            }
            4 => {
                self.words("obliges");
                self.string();
                if self.maybe() {
                    self.words("within");
                    self.token("30 days");
                }
            }
            _ => self.words("weight guidance"),
        }
    }

    fn test(&mut self) {
        self.words("test");
        self.string();
        self.words("{ given");
        if self.maybe() {
            self.record_literal();
        } else {
            self.name();
            if self.maybe() {
                self.words("with");
                self.record_literal();
            }
        }
        self.repeated(|writer| match writer.pick(7) {
            6 => {
                writer.words("beside");
                writer.record_literal();
            }
            0 => {
                writer.words("expect");
                writer.name();
            }
            1 => {
                writer.words("expect");
                writer.name();
                writer.words("by");
                writer.joined(",", Self::name);
            }
            2 => {
                writer.words("expect unknown");
                writer.name();
                writer.words("for lack of");
                writer.joined(",", Self::name);
            }
            3 => {
                writer.words("expect at most");
                writer.name();
            }
            4 => {
                writer.words("expect obligation");
                writer.string();
            }
            _ => writer.words("on 2025-01-01"),
        });
        self.token("}");
    }

    fn element(&mut self) {
        self.sum(0);
        if self.maybe() {
            self.words("to");
            self.sum(0);
        }
        if self.maybe() {
            self.words("from");
            self.days();
        }
    }

    fn expr(&mut self, depth: usize) {
        if depth == 0 {
            return self.sum(0);
        }
        match self.pick(8) {
            0 => self.sum(depth - 1),
            1 | 2 => self.many("and", depth),
            3 => self.many("or", depth),
            4 => {
                self.words("not");
                self.comparison(depth - 1);
            }
            5 => {
                self.words("if");
                self.comparison(depth - 1);
                self.words("then");
                self.sum(depth - 1);
                self.words("else");
                self.expr(depth - 1);
            }
            _ => self.comparison(depth - 1),
        }
    }

    fn many(&mut self, word: &str, depth: usize) {
        self.comparison(depth - 1);
        for _ in 0..[1, 2, 5][self.pick(3)] {
            self.words(word);
            self.comparison(depth - 1);
        }
    }

    fn comparison(&mut self, depth: usize) {
        self.sum(depth);
        let operators = [
            "=",
            "!=",
            "<",
            ">=",
            "in",
            "not in",
            "under",
            "not under",
            "like",
            "starts with",
            "contains",
        ];
        match self.pick(16) {
            at @ 0..=10 => {
                self.words(operators[at]);
                self.sum(depth);
            }
            11 => {
                self.words("between");
                self.sum(depth);
                self.words("and");
                self.sum(depth);
            }
            12 => self.words("is missing"),
            13 => self.words("is unknown"),
            _ => {}
        }
    }

    fn sum(&mut self, depth: usize) {
        self.primary(depth);
        while depth > 0 && self.maybe() {
            let operator = ["+", "-", "*", "/", "&"][self.pick(5)];
            self.token(operator);
            self.primary(depth - 1);
        }
    }

    fn primary(&mut self, depth: usize) {
        if depth == 0 {
            return match self.pick(2) {
                0 => self.name(),
                _ => {
                    let literal = LITERALS[self.pick(LITERALS.len())];
                    self.token(literal);
                }
            };
        }
        match self.pick(10) {
            0 => self.name(),
            1 => {
                self.token("(");
                self.expr(depth - 1);
                self.token(")");
            }
            2 => self.bracketed("{", "}", Self::element),
            3 => {
                self.token("-");
                self.primary(depth - 1);
            }
            4 => {
                self.token("round");
                self.token("(");
                self.expr(depth - 1);
                self.token(",");
                self.token("2");
                self.token(")");
            }
            5 => self.words("caught ( only tagged t )"),
            6 => self.words("applies ( p . r )"),
            7 => self.words("a . b"),
            8 => {
                self.words("a [");
                self.expr(depth - 1);
                self.words("] . b");
            }
            _ => self.primary(0),
        }
    }
}
