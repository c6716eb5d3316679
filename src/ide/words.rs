//! What the words of the language mean, in a sentence, and what declarations look like.

use crate::syntax::token::Kw;

/// What a word means; nothing for words that speak for themselves.
pub(super) fn explain(kw: Kw) -> Option<&'static str> {
    Some(match kw {
        Kw::Policy => "The header of a policy: its title, version, authority and zone.",
        Kw::Import => "Brings in the declarations of another file or folder.",
        Kw::Record => {
            "What a record looks like. The one with a `key` is screened; others stand in lists."
        }
        Kw::Enum => "A type with the values named here; an `ordered` one compares with `<`.",
        Kw::Verdicts => "The verdicts, from least to most severe.",
        Kw::Otherwise => "The verdict when no rule applies.",
        Kw::WhenUnknown => "The verdict when nobody can tell whether a rule applies.",
        Kw::Codes => "A code system of the policy's own: `like hs`, `like eccn` or `segmented`.",
        Kw::Set => "A named set; its elements may be dated. Asked with `in` and `under`.",
        Kw::List => "Reference data in a file of its own, with a key.",
        Kw::Param => "A value of the law, by date. Asked on the record's own day.",
        Kw::Define => "A named expression, with or without parameters.",
        Kw::Table => "A decision table: its rows say what it comes to.",
        Kw::Calendar => "Days that are not working days, read from a file.",
        Kw::Closure => "A list that follows from who owns whom.",
        Kw::Aggregate => "A number over the records of a run that have the same keys.",
        Kw::Rule => {
            "Where its `when` holds and no `unless` does, its `then` is the record's verdict at least."
        }
        Kw::Exception => "Where it holds, the rules that it names do not apply.",
        Kw::Suspension => "On its days the rules that it names do not apply.",
        Kw::Case => "A record that tests start from.",
        Kw::Test => "A record, and what it is expected to come to.",
        Kw::Allow => {
            "Passes over a warning about the declaration that follows, with the reason; before the header, in the whole policy."
        }
        Kw::Cites => "The source of law.",
        Kw::Tags => "Tags by which exceptions, suspensions and questions name many rules at once.",
        Kw::InForce => "The days on which the rule is in force, asked on the record's own day.",
        Kw::Suspended => "Days on which the rule does not apply.",
        Kw::ForEach => {
            "A rule for each value of an enum or each row of a list; of a list of records, one rule that applies for any of them."
        }
        Kw::When => {
            "The condition. False where a fact rules it out; unknown where a missing fact could decide it."
        }
        Kw::Unless => "Where this holds, the rule does not apply.",
        Kw::Then => "The verdict, where the rule applies.",
        Kw::IfUnknown => "The verdict, where nobody can tell whether the rule applies.",
        Kw::Obliges => "What is to be done where the rule applies.",
        Kw::Note => "A remark that goes into the results.",
        Kw::Weight => "How much the source weighs.",
        Kw::Given => "The record of the test.",
        Kw::Beside => "Another record of the run, for aggregates.",
        Kw::On => "The day of all records of the test.",
        Kw::Expect => "What the record is expected to come to.",
        Kw::Because => "The reason, in which `{field}` is filled in.",
        Kw::Within => "The time allowed for what is to be done.",
        Kw::In => "Whether a value is one of a set, exactly.",
        Kw::Under => {
            "Whether a code is one of a set or lies below it; unknown for a code so coarse that it may."
        }
        Kw::Between => "From one value to another, both included.",
        Kw::Like => "A pattern: `?` is one character, `*` any rest.",
        Kw::Matches => "A regular expression.",
        Kw::Contains => "Whether a text has another in it.",
        Kw::StartsWith => "Whether a text or code starts with another.",
        Kw::EndsWith => "Whether a text or code ends with another.",
        Kw::Missing => "Not given. `x is missing` is never unknown itself.",
        Kw::Known => "`x is known`: given; of a condition, that it is true or false.",
        Kw::Unknown => "`c is unknown`: a condition that missing facts leave open.",
        Kw::Any => "At least one element of a list is so.",
        Kw::Every => "All elements of a list are so.",
        Kw::Satisfies => "What is asked of each element.",
        Kw::Applies => "Whether a rule applies, its exceptions and suspensions counted.",
        Kw::Caught => "Whether a rule would apply but for its exceptions.",
        Kw::Tagged => "All rules that bear a tag.",
        Kw::Only => {
            "`caught(only tagged T)`: rules with the tag catch, and no other rule of the policy does."
        }
        Kw::And => "True if both are; false if one is false, whatever the other.",
        Kw::Or => "True if one is true, whatever the other; false if both are.",
        Kw::Not => "The opposite; of unknown, unknown.",
        Kw::From => "The first day.",
        Kw::Until => "The end; that day is no longer in it.",
        Kw::Through => "The last day.",
        Kw::AtMost => "The worst that the verdict could become if missing fields were filled in.",
        Kw::ForLackOf => "The missing fields that keep a rule open.",
        Kw::Key => "What names a record, or a row.",
        Kw::AsOf => "The day whose law applies.",
        Kw::First => "Of a table: the first row that holds.",
        Kw::Unique => "Of a table: no two rows overlap.",
        Kw::ValidFrom | Kw::ValidUntil | Kw::ValidThrough => {
            "The columns of the days on which a row is in the list."
        }
        Kw::Recorded => "The column of the day on which a row came into the list.",
        Kw::WorkingDays => "Days of a calendar that are working days.",
        Kw::CaughtAt => "From which share on what is owned is caught.",
        Kw::MostSevere => "Of what several owners pass on, the most severe counts.",
        Kw::OverSame => "What the records have in common.",
        Kw::InTheCalendarYear => "Records of the calendar year of the record's day.",
        Kw::InTheLast => "Records of so many days up to the record's day, it included.",
        Kw::Carries => "A column that is passed on to what is owned.",
        Kw::Ordered => "The values stand from least to greatest and compare with `<`.",
        Kw::Segmented => "Codes of letters and digits in segments set apart by dots.",
        Kw::Obligation => "What is to be done.",
        Kw::Exceptions => "`exceptions tagged T`: the exceptions that bear a tag.",
        Kw::True
        | Kw::False
        | Kw::If
        | Kw::Else
        | Kw::Is
        | Kw::For
        | Kw::Where
        | Kw::As
        | Kw::Underscore
        | Kw::After
        | Kw::With
        | Kw::By
        | Kw::To
        | Kw::Of
        | Kw::Sheet
        | Kw::Count
        | Kw::Over
        | Kw::Owner
        | Kw::Owned
        | Kw::Share
        | Kw::Value => return None,
    })
}

/// What a declaration looks like, with places to fill in.
pub(super) fn template(kw: Kw) -> Option<&'static str> {
    Some(match kw {
        Kw::Policy => "policy ${1:name} {\n  title \"${2:title}\"\n}",
        Kw::Import => "import \"${1:../common}\"",
        Kw::Record => "record ${1:shipment} {\n  key   ${2:id} : text\n  as of ${3:day} : date\n}",
        Kw::Enum => "enum ${1:name} { ${2:value} }",
        Kw::Set => "set ${1:name} of ${2:country} = { $3 }",
        Kw::Param => "param ${1:name} : ${2:percent} = $3",
        Kw::Define => "define ${1:name} : ${2:bool} = $3",
        Kw::Rule => {
            "rule ${1:name} \"${2:title}\" {\n  cites \"${3:source}\"\n  when  $4\n  then  $5\n}"
        }
        Kw::Exception => {
            "exception ${1:name} \"${2:title}\" to ${3:rule} {\n  cites \"${4:source}\"\n  when  $5\n}"
        }
        Kw::Suspension => {
            "suspension ${1:name} \"${2:title}\" of ${3:rule} {\n  cites \"${4:source}\"\n  from ${5:2026-01-01}\n}"
        }
        Kw::Test => "test \"${1:title}\" {\n  given { $2 }\n  expect $3\n}",
        Kw::Case => "case ${1:name} {\n  $2\n}",
        _ => return None,
    })
}
