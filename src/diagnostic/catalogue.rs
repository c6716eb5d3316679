//! Every code there is, in one table. A number is never used again for something else; each has a page
//! `docs/errors/CODE.md` whose first example raises exactly it and whose second raises nothing.
//!
//! E01xx text and grammar, E02xx names and files, E03xx types and literals, E04xx time,
//! E05xx rules and verdicts, E06xx tests, W07xx lints, E08xx lists.

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// The policy can be used, but something in it deserves a look.
    Warning,
}

/// One kind of message.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E0102`.
    pub id: &'static str,
    /// A short name in kebab case.
    pub name: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One line that says what the code is about, for `docs/errors/README.md`.
    pub title: &'static str,
}

macro_rules! catalogue {
    ($($constant:ident $id:literal $name:literal $severity:ident $title:literal;)*) => {
        $(#[doc = $title] pub static $constant: Code =
            Code { id: $id, name: $name, severity: Severity::$severity, title: $title };)*
        /// All codes, in the order of their numbers.
        pub static CATALOGUE: &[&Code] = &[$(&$constant),*];
    };
}

catalogue! {
    // E01xx text and grammar
    UNKNOWN_CHARACTER "E0101" "unknown-character" Error "a character that is not part of the language";
    BIDI_CHARACTER "E0102" "bidi-character" Error "a character that turns the reading direction";
    LOOK_ALIKE_LETTER "E0103" "look-alike-letter" Error "a letter of another alphabet in a name";
    UNTERMINATED_TEXT "E0104" "unterminated-text" Error "a text or a name in backticks without an end on its line";
    UNKNOWN_ESCAPE "E0105" "unknown-escape" Error "a backslash followed by something that means nothing";
    BAD_NUMBER "E0106" "bad-number" Error "a number or a code that is not written as one";
    BAD_DATE "E0107" "bad-date" Error "a date that does not exist or is not written year-month-day";
    FOREIGN_OPERATOR "E0108" "foreign-operator" Error "an operator of another language";
    FOREIGN_PUNCTUATION "E0109" "foreign-punctuation" Error "punctuation of another language";
    UNEXPECTED "E0110" "unexpected" Error "something that cannot stand where it stands";
    UNKNOWN_DECLARATION "E0111" "unknown-declaration" Error "a word that starts no declaration";
    UNKNOWN_CLAUSE "E0112" "unknown-clause" Error "a word that starts no clause";
    UNCLOSED_BRACKET "E0113" "unclosed-bracket" Error "an opening bracket without its closing one";
    STRAY_BRACKET "E0114" "stray-bracket" Error "a closing bracket that closes nothing";
    FILE_TOO_LARGE "E0115" "file-too-large" Error "a file with more bytes or tokens than are read";
    NESTED_TOO_DEEPLY "E0116" "nested-too-deeply" Error "too many things inside one another";
    CHAINED_COMPARISON "E0117" "chained-comparison" Error "a comparison of a comparison";
    MISSING_CLAUSE "E0118" "missing-clause" Error "a rule without its condition or its verdict";
    MISSING_TITLE "E0119" "missing-title" Error "a rule, an exception, a suspension or a test without a title";
    BAD_TYPE "E0120" "bad-type" Error "words that make no type";
    UNKNOWN_HEADER_ENTRY "E0121" "unknown-header-entry" Error "an entry that a policy header does not have";
    RESERVED_NAME "E0122" "reserved-name" Error "a reserved word in the place of a name";
    AGGREGATE_OF_WHAT "E0123" "aggregate-of-what" Error "an aggregate that does not say over which list it goes";
    TABLE_WITHOUT_HIT "E0130" "table-without-hit" Error "a table that says neither `first` nor `unique`";

    // E02xx names and files
    UNKNOWN_NAME "E0201" "unknown-name" Error "a name that nothing declares";
    DUPLICATE_NAME "E0202" "duplicate-name" Error "two declarations with one name";
    SHADOWED_NAME "E0203" "shadowed-name" Error "a name that would hide another one";
    AMBIGUOUS_NAME "E0204" "ambiguous-name" Error "a name that fits both a field and an enum value";
    UNKNOWN_TYPE "E0205" "unknown-type" Error "a type that nothing declares";
    UNKNOWN_FIELD "E0206" "unknown-field" Error "a field that the record does not have";
    UNKNOWN_ENUM_VALUE "E0207" "unknown-enum-value" Error "a value that the enum does not have";
    UNKNOWN_COUNTRY "E0208" "unknown-country" Error "a country code that ISO 3166-1 does not have";
    UNKNOWN_FUNCTION "E0209" "unknown-function" Error "a function or define that does not exist";
    WRONG_KIND_OF_NAME "E0210" "wrong-kind-of-name" Error "a name of another kind than what is needed here";
    UNKNOWN_TAG "E0211" "unknown-tag" Error "a tag that no rule bears";
    UNKNOWN_RULE "E0212" "unknown-rule" Error "a rule, exception or suspension that does not exist";
    UNKNOWN_VERDICT "E0213" "unknown-verdict" Error "a verdict that is not declared";
    UNKNOWN_CASE "E0214" "unknown-case" Error "a test case that is not declared";
    UNKNOWN_UNIT "E0215" "unknown-unit" Error "a currency or a unit of mass that does not exist";
    UNKNOWN_ZONE "E0216" "unknown-zone" Error "a time zone that the time-zone database does not have";
    UNKNOWN_LINT "E0217" "unknown-lint" Error "an `allow` of a warning that does not exist";
    IMPORT_NOT_FOUND "E0220" "import-not-found" Error "an import that leads to no rule file";
    IMPORT_UNREADABLE "E0221" "import-unreadable" Error "an imported rule file that cannot be read";
    IMPORT_OUTSIDE_WORKSPACE "E0222" "import-outside-workspace" Error "an import that leaves the workspace";
    IMPORT_CYCLE "E0223" "import-cycle" Error "imports that lead back to where they began";
    IMPORT_NOT_RELATIVE "E0224" "import-not-relative" Error "an import that is not a path relative to its file";
    MISSING_HEADER "E0230" "missing-header" Error "rules or tests outside a policy";
    SECOND_HEADER "E0231" "second-header" Error "two policy headers in one policy";
    NO_RECORD "E0232" "no-record" Error "a policy without the record that it screens";
    SEVERAL_RECORDS "E0233" "several-records" Error "a policy with several records that could be screened";
    NO_VERDICTS "E0234" "no-verdicts" Error "a policy without verdicts";
    DECLARED_TWICE "E0235" "declared-twice" Error "something that may be declared once and is declared twice";
    POLICIES_DISAGREE "E0236" "policies-disagree" Error "policies of one run that do not share a record type and verdicts";
    SAME_POLICY_NAME "E0237" "same-policy-name" Error "two policies of one run with one name";
    TOO_MANY "E0240" "too-many" Error "more of something than a run may have";

    // E03xx types and literals
    TYPE_MISMATCH "E0301" "type-mismatch" Error "a value of another type than what is needed here";
    CURRENCY_MISMATCH "E0302" "currency-mismatch" Error "amounts in two currencies that meet";
    UNIT_NEEDED "E0303" "unit-needed" Error "a plain number where a percent, an amount or a mass is needed";
    NOT_A_CODE "E0304" "not-a-code" Error "a text that cannot be a code of that system";
    CODE_SYSTEM_MISMATCH "E0305" "code-system-mismatch" Error "codes of two systems that meet";
    NOT_ORDERED "E0306" "not-ordered" Error "a comparison by size of values that have no order";
    NOT_A_CONDITION "E0307" "not-a-condition" Error "a value where a condition is needed";
    NOT_A_SET "E0308" "not-a-set" Error "a single value where a set is needed";
    SET_AS_VALUE "E0309" "set-as-value" Error "a set where a single value is needed";
    NO_SUCH_ARITHMETIC "E0310" "no-such-arithmetic" Error "arithmetic on values that do not go together";
    WRONGLY_QUOTED "E0311" "wrongly-quoted" Error "quotes around a value that is no text, or none around a code or a text";
    BAD_PATTERN "E0312" "bad-pattern" Error "a regular expression that cannot be read";
    LITERAL_NEEDED "E0313" "literal-needed" Error "an expression where a literal is needed";
    WRONG_ARGUMENTS "E0314" "wrong-arguments" Error "too few or too many arguments";
    OPERATOR_NOT_FOR_TYPE "E0315" "operator-not-for-type" Error "an operator that is not for values of that type";
    DEFINE_CYCLE "E0316" "define-cycle" Error "a define that leads back to itself";
    SET_CYCLE "E0317" "set-cycle" Error "a set that leads back to itself";
    BAD_RANGE "E0318" "bad-range" Error "a range whose ends do not go together";
    MISSING_OR_UNKNOWN "E0319" "missing-or-unknown" Error "`is missing` asked of a condition, or `is unknown` of a value";
    ARMS_DIFFER "E0320" "arms-differ" Error "an `if` whose arms have two types";
    NUMBER_OUT_OF_RANGE "E0321" "number-out-of-range" Error "a number that its type cannot hold";
    KEY_OR_AS_OF "E0322" "key-or-as-of" Error "a record whose key or as-of field is not as it must be";
    TYPE_NOT_FOR_HERE "E0323" "type-not-for-here" Error "a type that cannot stand here";
    UNFOLDED_TOO_FAR "E0324" "unfolded-too-far" Error "an expression that is too large once its defines are put in";
    BAD_ENUM "E0325" "bad-enum" Error "an enum whose values or spellings clash";
    BAD_COLUMN "E0326" "bad-column" Error "two fields that read one column";
    NOT_A_LIST "E0327" "not-a-list" Error "a quantifier or an aggregate over what is no list";
    LIST_AS_VALUE "E0328" "list-as-value" Error "a list or an element of one where a single value is needed";
    RECORD_CYCLE "E0329" "record-cycle" Error "a record that stands in one of its own lists";
    TABLE_SHAPE "E0340" "table-shape" Error "a table without rows or columns, or a row whose cells do not go with the columns";
    ROWS_OVERLAP "E0341" "rows-overlap" Error "two rows of a `unique` table that hold at once";
    TABLE_NOT_PROVEN "E0342" "table-not-proven" Error "a `unique` table of which nobody can tell whether rows overlap";

    // E04xx time
    EMPTY_WINDOW "E0401" "empty-window" Error "a window that ends before it begins";
    SAME_DAY_TWICE "E0402" "same-day-twice" Error "a param with two values from one day on";
    ZONE_NEEDED "E0403" "zone-needed" Error "a policy without `zone` whose as-of field is an instant";
    WINDOW_WITHOUT_FROM "E0404" "window-without-from" Error "a window that does not say when it begins";
    DURATION_MISPLACED "E0405" "duration-misplaced" Error "days, months or years where no date takes them";
    PARAM_ENDS "E0406" "param-ends" Error "a value of a param that says when it ends";

    // E05xx rules and verdicts
    CLAUSE_TWICE "E0501" "clause-twice" Error "a clause that may stand once and stands twice";
    VERDICT_NAME_TAKEN "E0502" "verdict-name-taken" Error "a verdict called `unknown` or `obligation`";
    RULE_CYCLE "E0503" "rule-cycle" Error "rules that depend on themselves";
    BAD_TEMPLATE "E0504" "bad-template" Error "braces in a text that name no field";
    WRONG_TARGET "E0505" "wrong-target" Error "a rule, exception or suspension that cannot be a target here";
    POLICY_NOT_IN_RUN "E0506" "policy-not-in-run" Error "a question about a policy that is not in the run";
    CLAUSE_NOT_FOR_HERE "E0507" "clause-not-for-here" Error "a clause that means nothing where it stands";
    EACH_OF_WHAT "E0508" "each-of-what" Error "`for each` over what has no elements known beforehand";
    NO_SUCH_ELEMENT "E0509" "no-such-element" Error "`rule[ELEMENT]` of an element that the rule is not made for";
    ELEMENT_NOT_FOR_HERE "E0510" "element-not-for-here" Error "an element of a list where a rule says something once for all";

    // E06xx tests
    FIELD_NOT_GIVEN "E0601" "field-not-given" Error "a test record without a field that must be there";
    GIVEN_TWICE "E0602" "given-twice" Error "a test record that names a field twice";
    NOTHING_EXPECTED "E0603" "nothing-expected" Error "a test that gives or expects nothing";
    BAD_PARAM_OVERRIDE "E0604" "bad-param-override" Error "a `--param` that does not fit";

    // E08xx lists
    DATA_FILE "E0801" "data-file" Error "a list, a table or a calendar whose file cannot be read";
    DATA_COLUMN "E0802" "data-column" Error "a list or a table whose file lacks a column that is declared, or a calendar whose file lacks the column `date`";
    DATA_EMPTY "E0803" "data-empty" Error "a list, a table or a calendar whose file has no rows";
    DATA_ROW "E0804" "data-row" Error "a list, a table or a calendar with a row or a cell that cannot be read";
    DATA_KEY_TWICE "E0805" "data-key-twice" Error "a list or a table with the same keys in two rows on one day";
    LIST_ENTRY "E0806" "list-entry" Error "a list or a table whose keys, values or days are not as they must be";
    UNGUARDED_CELL "E0807" "unguarded-cell" Error "a column of a list asked where there may be no row";
    ROW_AS_VALUE "E0808" "row-as-value" Error "a row of a list where a single value is needed";
    CLOSURE_ENTRY "E0820" "closure-entry" Error "a closure whose columns are not as they must be";
    CLOSURE_BOUND "E0821" "closure-bound" Error "a closure that would catch everything or nothing";

    // E083x aggregates over records
    AGGREGATE_FORM "E0830" "aggregate-form" Error "an aggregate over records that is not a sum, a count, a least or a greatest";
    AGGREGATE_KEY "E0831" "aggregate-key" Error "an aggregate over records that cannot have the same of something";
    AGGREGATE_PERIOD "E0832" "aggregate-period" Error "an aggregate over a period that is not so many days";
    AGGREGATE_DEPENDS "E0833" "aggregate-depends" Error "an aggregate made of other aggregates or of what rules come to";

    // W07xx lints
    NO_CITATION "W0701" "no-citation" Warning "a rule that cites no law";
    OVERLAPPING_WINDOWS "W0702" "overlapping-windows" Warning "windows of one clause that overlap or touch";
    DUPLICATE_ELEMENT "W0703" "duplicate-element" Warning "an element that a set names twice";
    THEN_BELOW_OTHERWISE "W0704" "then-below-otherwise" Warning "a verdict no more severe than the one without any rule";
    UNKNOWN_ABOVE_THEN "W0705" "unknown-above-then" Warning "an answer to missing facts more severe than the rule's own verdict";
    UNKNOWN_NEVER_SHOWS "W0706" "unknown-never-shows" Warning "an answer to missing facts no more severe than the verdict without any rule";
    CODE_COMPARED_EXACTLY "W0707" "code-compared-exactly" Warning "a code compared exactly although records hold finer ones";
    POINT_OR_THOUSANDS "W0708" "point-or-thousands" Warning "an amount of money with three digits behind its point";
    ALLOW_WITHOUT_EFFECT "W0709" "allow-without-effect" Warning "an `allow` where there is nothing to pass over";
    TABLE_GAP "W0720" "table-gap" Warning "values for which a table has no row";
    ROW_NEVER_REACHED "W0721" "row-never-reached" Warning "a row of a `first` table behind rows that leave nothing for it";
    TABLE_NOT_CHECKED "W0722" "table-not-checked" Warning "a table too large or too free to look for gaps in it";
    LIST_NOT_YET_KNOWN "W0723" "list-not-yet-known" Warning "a list of which nothing had been recorded on the day of `--known-at`";

    // W073x what rules can and cannot do, whatever the record
    NEVER_APPLIES "W0730" "never-applies" Warning "a rule that applies to no record";
    ALWAYS_HOLDS "W0731" "always-holds" Warning "a rule whose condition holds of every record";
    HIDDEN_RULE "W0732" "hidden-rule" Warning "a rule that says nothing where another one does not say it as well";
    NEVER_STOPS "W0733" "never-stops" Warning "an exception that takes effect nowhere where what it excepts applies";
    BOUNDARIES_DIFFER "W0734" "boundaries-differ" Warning "a bound that counts as reached in one place and not in another";
    MADE_CLEAR "W0735" "made-clear" Warning "a missing field that keeps a rule from applying";
    UNUSED "W0736" "unused" Warning "a declaration that nothing uses";
    ELEMENT_BELOW "W0737" "element-below" Warning "an element of a set that lies below another one";
    TEST_CANNOT_FAIL "W0738" "test-cannot-fail" Warning "a test that can only fail where another one does";
}
