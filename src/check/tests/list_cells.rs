//! Lists from JSON texts and from lists of structs.

use crate::check::check_text;
use crate::input::mapping::{Column, FieldMapping, Mapping};
use crate::input::read::{FieldReader, read_cell};
use crate::model::{FieldId, Model, Row, Value, print};
use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::{DataType, Field};
use std::sync::Arc;

const POLICY: &str = "\
policy lists { title \"Lists\" }
record shipment {
  key   id   : text
  as of day  : date
  components : list of component?
}
record component {
  name  : text
  value : money USD? from \"Val\"
  parts : list of part?
}
record part { n : int }
verdicts clear < deny
";

fn model() -> Model {
    check_text("lists.interdict", POLICY)
        .model
        .expect("no error")
}

fn reader(model: &Model, mapping: &Mapping) -> FieldReader {
    FieldReader::new(model, FieldId::from_index(2), mapping).expect("nothing is wrong")
}

/// The list as a rule file would write it, or the name of what is wrong, what stands there and what should.
fn read(model: &Model, reader: &FieldReader, text: &str) -> String {
    match reader.settle(reader.read_text(text)) {
        Ok(None) => "missing".to_owned(),
        Ok(Some(value)) => print::value(model, reader.ty(), &value),
        Err(expected) => {
            let found = expected.found_inside().unwrap_or(text);
            format!(
                "{}: `{found}`, not {expected}",
                expected.name_in("components")
            )
        }
    }
}

#[test]
fn json_arrays_are_lists_and_null_is_none() {
    let model = model();
    let reader = reader(&model, &Mapping::default());
    for (text, wanted) in [
        ("", "missing"),
        ("[]", "[ ]"),
        ("[ {\"name\": \"a\"} ]", "[ { name: \"a\" } ]"),
        (
            r#"[{"Val": 0.10, "name": "b\u0022", "more": {"x": 1}, "parts": [{"n": "7"}, {"n": -3}]}]"#,
            r#"[ { name: "b\"", value: 0.1 USD, parts: [ { n: 7 }, { n: -3 } ] } ]"#,
        ),
        (
            r#"[{"name": 7, "Val": null, "parts": null}, {"name": "c", "Val": "", "parts": []}]"#,
            r#"[ { name: "7" }, { name: "c", parts: [ ] } ]"#,
        ),
    ] {
        assert_eq!(read(&model, &reader, text), wanted, "{text}");
    }
}

#[test]
fn what_is_wrong_in_an_element_is_named_with_it() {
    let model = model();
    let reader = reader(&model, &Mapping::default());
    for (text, wanted) in [
        ("{}", "components: `{}`, not a list of `component` records"),
        (
            "[1]",
            "components[1]: `1`, not a list of `component` records",
        ),
        (
            "[{\"name\":\"a\"},null]",
            "components[2]: `null`, not a list of `component` records",
        ),
        (
            "[{\"name\":\"a\"}",
            "components: `[{\"name\":\"a\"}`, not a list of `component` records",
        ),
        (
            "[{}]",
            "components[1].name: ``, not a text (the field is not optional)",
        ),
        (
            r#"[{"name":"a"},{"name":"b","Val":"x"}]"#,
            "components[2].value: `x`, not an amount in USD that is not negative, such as 1234.50",
        ),
        (
            r#"[{"name":"a","Val":[1]}]"#,
            "components[1].value: `[1]`, not an amount in USD that is not negative, such as 1234.50",
        ),
        (
            r#"[{"name":"a","parts":[{"n":1},{"n":1.5}]}]"#,
            "components[1].parts[2].n: `1.5`, not a whole number of at most 64 bits",
        ),
        (
            r#"[{"name":"a","parts":[{"m":1}]}]"#,
            "components[1].parts[1].n: ``, not a whole number of at most 64 bits (the field is not optional)",
        ),
        (
            r#"[{"name":"a","name":"b"}]"#,
            "components[1]: `the key `name` twice`, not each key once",
        ),
    ] {
        assert_eq!(read(&model, &reader, text), wanted, "{text}");
    }
}

#[test]
fn a_mapping_names_fields_of_elements_by_path() {
    let model = model();
    let mut mapping = Mapping::default();
    let column = |column| FieldMapping {
        column,
        ..FieldMapping::default()
    };
    mapping.fields.insert(
        "components.name".to_owned(),
        column(Column::Named("Name".to_owned())),
    );
    mapping
        .fields
        .insert("components.value".to_owned(), column(Column::Absent));
    let reader = reader(&model, &mapping);
    let text = r#"[{"Name":"a","name":"b","Val":"x"}]"#;
    assert_eq!(read(&model, &reader, text), "[ { name: \"a\" } ]");
}

/// A mapping that says that elements have no value.
fn without_value() -> Mapping {
    let mut mapping = Mapping::default();
    let absent = FieldMapping {
        column: Column::Absent,
        ..FieldMapping::default()
    };
    mapping.fields.insert("components.value".to_owned(), absent);
    mapping
}

/// Two elements, no list, and an empty list, as Arrow has them.
fn column(number: &str) -> ArrayRef {
    let part = vec![Field::new(number, DataType::Int64, true)];
    let part_type = DataType::Struct(part.clone().into());
    let fields = vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("parts", DataType::new_list(part_type, true), true),
    ];
    let inner = StructBuilder::new(part, vec![Box::new(Int64Builder::new())]);
    let parts: Box<dyn arrow_array::builder::ArrayBuilder> = Box::new(ListBuilder::new(inner));
    let structs = StructBuilder::new(fields, vec![Box::new(StringBuilder::new()), parts]);
    let mut lists = ListBuilder::new(structs);
    for (name, n) in [("a", Some(1)), ("b", None)] {
        let element = lists.values();
        element
            .field_builder::<StringBuilder>(0)
            .unwrap()
            .append_value(name);
        let parts = element
            .field_builder::<ListBuilder<StructBuilder>>(1)
            .unwrap();
        if let Some(n) = n {
            let part = parts.values();
            part.field_builder::<Int64Builder>(0)
                .unwrap()
                .append_value(n);
            part.append(true);
            parts.append(true);
        } else {
            parts.append(false);
        }
        element.append(true);
    }
    lists.append(true);
    lists.append(false);
    lists.append(true);
    Arc::new(lists.finish())
}

#[test]
fn lists_of_structs_are_read_like_json() {
    let model = model();
    let reader = reader(&model, &without_value());
    let lists = column("n");
    assert_eq!(reader.accepts(lists.data_type()), Ok(()));
    let texts: ArrayRef = Arc::new(StringArray::from(vec![
        Some(r#"[{"name":"a","parts":[{"n":1}]},{"name":"b"}]"#),
        None,
        Some("[]"),
    ]));
    assert_eq!(reader.accepts(texts.data_type()), Ok(()));
    for row in 0..3 {
        let (a, b) = (
            read_cell(&reader, &lists, row),
            read_cell(&reader, &texts, row),
        );
        assert_eq!(a, b, "row {row}");
    }
    let missing: Option<Value> = None;
    assert_eq!(read_cell(&reader, &lists, 1), Ok(missing));
    let none: Arc<[Row]> = Arc::from([]);
    assert_eq!(read_cell(&reader, &lists, 2), Ok(Some(Value::List(none))));
}

#[test]
fn columns_that_hold_other_elements_are_refused() {
    let model = model();
    let whole = reader(&model, &Mapping::default());
    let lacking = whole.accepts(column("n").data_type());
    assert_eq!(
        lacking.unwrap_err(),
        "lists of records that have `Val`, for `value`"
    );
    let reader = reader(&model, &without_value());
    let accepts = |data_type: &DataType| reader.accepts(data_type).unwrap_err();
    assert_eq!(
        accepts(&DataType::Int64),
        "lists of records, or text that is a JSON array"
    );
    let numbers = DataType::new_list(DataType::Int64, true);
    assert_eq!(
        accepts(&numbers),
        "lists of records, or text that is a JSON array"
    );
    let other = column("m");
    assert_eq!(
        accepts(other.data_type()),
        "lists of records, `parts` in them from lists of records that have `n`, for `n`"
    );
}
