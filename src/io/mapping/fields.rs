//! What a mapping file says of fields, held to the record: a setting that could do nothing is an error.

use super::quoted;
use crate::domain::{CodeModel, MassUnit};
use crate::input::errors::{self, InputError};
use crate::input::mapping::{Mapping, Mention, Setting};
use crate::model::{Field, FieldId, Model, Type, print};
use crate::screen::bind::column_of;

/// Holds the fields that `mapping` names, and what it says of them, to those the record has.
pub fn check_fields(mapping: &Mapping, name: &str, model: &Model) -> Result<(), InputError> {
    let fields = model.field_paths();
    for mention in &mapping.mentions {
        let named = fields.iter().find(|(path, _)| **path == *mention.field);
        let wrong = match named {
            Some((_, field)) => means_nothing(model, field, mention),
            None => {
                let names: Vec<&str> = fields.iter().map(|(path, _)| path.as_str()).collect();
                Some(no_field(mention, &names))
            }
        };
        if let Some((problem, help)) = wrong {
            return Err(errors::bad_mapping(name, Some(mention.line), problem, help));
        }
    }
    Ok(())
}

/// Masses that are read from a column whose name ends in another unit in brackets, unless the mapping says the unit.
pub fn unit_warnings(mapping: &Mapping, model: &Model, fields: &[FieldId]) -> Vec<String> {
    let warning = |id: &FieldId| {
        let field = &model.record.fields[*id];
        if field.ty != Type::Mass || mapping.field(&field.name).unit.is_some() {
            return None;
        }
        let column = column_of(model, mapping, *id)?;
        let read_as = field.unit.unwrap_or(MassUnit::Kilogram);
        let named = unit_in_brackets(column).filter(|unit| *unit != read_as)?;
        Some(errors::other_unit(&field.name, column, read_as, named))
    };
    fields.iter().filter_map(warning).collect()
}

/// The unit that a column's name ends in: `Gewicht (g)`, `weight [lb]`.
fn unit_in_brackets(column: &str) -> Option<MassUnit> {
    let inside = column.trim().strip_suffix([')', ']'])?;
    let (_, unit) = inside.rsplit_once(['(', '['])?;
    MassUnit::parse(&unit.trim().to_lowercase())
}

fn no_field(mention: &Mention, names: &[&str]) -> (String, String) {
    let help = match errors::nearest(&mention.field, names.iter().copied()) {
        Some(near) => format!("the nearest field is `{near}`"),
        None => format!("the fields are {}", quoted(names)),
    };
    let (section, field) = (&mention.section, &mention.field);
    let problem = format!("[{section}] names `{field}`, which is no field of the record");
    (problem, help)
}

/// What is wrong with a setting that the field cannot have, and what to write instead.
fn means_nothing(model: &Model, field: &Field, mention: &Mention) -> Option<(String, String)> {
    let is_enum = |spelling: &str, value: &str| match field.ty {
        Type::Enum(id) => no_value(mention, &model.enums[id], spelling, value),
        _ => None,
    };
    let fits = match &mention.setting {
        Setting::EnumValue { spelling, value } => return is_enum(spelling, value),
        Setting::Column | Setting::Missing => true,
        Setting::Unit => field.ty == Type::Mass,
        Setting::Dates => matches!(field.ty, Type::Date | Type::Instant),
        Setting::Numbers => matches!(
            field.ty,
            Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass
        ),
        Setting::Countries => field.ty == Type::Country,
        Setting::Hs => is_hs(model, field.ty),
        Setting::Enum => matches!(field.ty, Type::Enum(_)),
        Setting::Bool => field.ty == Type::Bool,
        Setting::Child => matches!(field.ty, Type::List(_)),
    };
    if fits {
        return None;
    }
    let what = match mention.setting {
        Setting::Unit => "gives a unit of mass for".to_owned(),
        _ => format!("[{}] names", mention.section),
    };
    let problem = format!(
        "{what} `{}`, a field of type `{}`, to which it can do nothing",
        field.name,
        print::type_name(model, field.ty)
    );
    Some((problem, settings_of(model, field)))
}

fn is_hs(model: &Model, ty: Type) -> bool {
    matches!(ty, Type::Code(system) if model.systems[system].model == CodeModel::Hs)
}

/// What can be said of a field of this type.
fn settings_of(model: &Model, field: &Field) -> String {
    let name = &field.name;
    let own = match field.ty {
        Type::Bool => {
            format!("spellings of yes and no stand under `[bools.{name}]`: \"ja\" = true")
        }
        Type::Enum(_) => format!("spellings of its values stand under `[enums.{name}]`"),
        Type::Country => format!(
            "spellings of countries stand under `[countries.fields.{name}]`: spellings = {{ \"Burma\" = \"MM\" }}"
        ),
        Type::Date | Type::Instant => {
            format!("its formats stand under `[dates]`: {name} = [\"%d.%m.%Y\"]")
        }
        Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
            format!("how its numbers are written stands under `[numbers.fields.{name}]`")
        }
        Type::Code(_) if is_hs(model, field.ty) => {
            format!("the digits of its whole codes stand under `[hs]`: {name} = 8")
        }
        Type::List(_) => format!(
            "the columns that tie its child table to the records stand under `[children.{name}]`"
        ),
        Type::Text { .. } | Type::Code(_) | Type::Duration | Type::Verdict | Type::Element(_) => {
            format!("only `[columns]` and `[missing.fields]` can say something of `{name}`")
        }
    };
    format!("take it out; {own}")
}

/// An enum value that does not exist.
fn no_value(
    mention: &Mention,
    declared: &crate::model::Enum,
    spelling: &str,
    value: &str,
) -> Option<(String, String)> {
    let values: Vec<&str> = declared.values.iter().map(|value| &**value).collect();
    if values.contains(&value) {
        return None;
    }
    let help = match errors::nearest(value, values.iter().copied()) {
        Some(near) => format!("the nearest value is `{near}`"),
        None => format!("its values are {}", quoted(&values)),
    };
    let problem = format!(
        "[{}.{}] says that `{spelling}` means `{value}`, which is no value of `{}`",
        mention.section, mention.field, declared.name
    );
    Some((problem, help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_text;
    use crate::io::mapping::parse_mapping;

    const POLICY: &str = "policy p { title \"P\" version \"1\" }
record drone {
  key   id     : text
  as of sent   : date
  armed        : bool?
  dest         : country
  use          : purpose
  price        : money EUR
  weight       : mass kg?
  hs_code      : hs?
}
enum purpose { civil, military }
verdicts clear < deny
otherwise clear
when unknown deny
rule r \"R\" { when armed = true and weight > 1 kg then deny }
";

    fn model() -> Model {
        let checked = check_text("p.interdict", POLICY);
        checked.model.expect("the policy is in order")
    }

    fn checked(text: &str) -> String {
        let mapping = parse_mapping("map.toml", text).expect("a mapping");
        match check_fields(&mapping, "map.toml", &model()) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn fields_the_record_does_not_have_are_pointed_at() {
        assert_eq!(checked("[columns]\nid = \"ID\"\n\n[hs]\nhs_code = 6\n"), "");
        assert_eq!(
            checked("[columns]\nid = \"ID\"\n\n[hs]\nhs_cod = 6\n"),
            "map.toml, line 5: [hs] names `hs_cod`, which is no field of the record\n  help: the nearest field is `hs_code`"
        );
    }

    #[test]
    fn settings_that_can_do_nothing_to_their_field_are_errors() {
        for (text, line, help) in [
            ("[enums.armed]\n\"ja\" = \"yes\"\n", 1, "`[bools.armed]`"),
            (
                "[enums.dest]\n\"Burma\" = \"MM\"\n",
                1,
                "`[countries.fields.dest]`",
            ),
            ("[hs]\nprice = 8\n", 2, "`[numbers.fields.price]`"),
            ("[bools.use]\n\"ja\" = true\n", 1, "`[enums.use]`"),
            ("[dates]\nid = [\"%d.%m.%Y\"]\n", 2, "only `[columns]`"),
            ("[numbers.fields.sent]\nthousands = \",\"\n", 1, "`[dates]`"),
            ("[countries.fields.hs_code]\nnames = true\n", 1, "`[hs]`"),
            (
                "[columns]\nprice = { column = \"P\", unit = \"g\" }\n",
                2,
                "`[numbers.fields.price]`",
            ),
        ] {
            let found = checked(text);
            let place = format!("map.toml, line {line}: ");
            assert!(found.starts_with(&place), "{text}: {found}");
            assert!(found.contains("can do nothing"), "{text}: {found}");
            assert!(found.contains(help), "{text}: {found}");
        }
        for text in [
            "[bools.armed]\n\"ja\" = true\n\"nein\" = false\n",
            "[enums.use]\n\"zivil\" = \"civil\"\n",
            "[columns]\nweight = { column = \"Gewicht (g)\", unit = \"g\" }\n",
            "[missing.fields]\narmed = [\"-\"]\n",
        ] {
            assert_eq!(checked(text), "");
        }
    }

    #[test]
    fn a_value_that_the_enum_does_not_have_is_the_mappings_mistake() {
        assert_eq!(
            checked("[enums.use]\n\"zivil\" = \"civil\"\n\"Heer\" = \"militry\"\n"),
            "map.toml, line 3: [enums.use] says that `Heer` means `militry`, which is no value of `purpose`\n  help: the nearest value is `military`"
        );
    }

    #[test]
    fn a_column_that_names_another_unit_is_warned_about() {
        let warnings = |text: &str| {
            let mapping = parse_mapping("map.toml", text).expect("a mapping");
            let model = model();
            let fields: Vec<FieldId> = model.record.fields.ids().collect();
            unit_warnings(&mapping, &model, &fields)
        };
        let found = warnings("[columns]\nweight = \"Gewicht (g)\"\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].contains("weight = { column = \"Gewicht (g)\", unit = \"g\" }"),
            "{found:?}"
        );
        for text in [
            "",
            "[columns]\nweight = \"Gewicht (kg)\"\n",
            "[columns]\nweight = \"Gewicht (netto)\"\n",
            "[columns]\nweight = { column = \"Gewicht (g)\", unit = \"kg\" }\n",
            "[columns]\nprice = \"Preis (t)\"\n",
        ] {
            assert!(warnings(text).is_empty(), "{text}");
        }
    }
}
