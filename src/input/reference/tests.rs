//! Every kind of reference file, and what is wrong with them.

use std::io::{Cursor, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::input::read::tests::field;
use crate::model::{Type, built_in_systems, print};
use crate::text::Arena;

fn columns() -> Vec<Field> {
    let text = Type::Text { folded: false };
    let required = |name: &str, ty| Field {
        optional: false,
        ..field(name, ty)
    };
    vec![
        required("id", text),
        required("country", Type::Country),
        Field {
            column: "Listed On".into(),
            ..field("listed", Type::Date)
        },
        field("footnote", Type::Int),
    ]
}

/// The rows as text, or what is wrong in all its words.
fn read(name: &str, bytes: &[u8], sheet: Option<&str>) -> String {
    let file = ReferenceFile::new(name, bytes.to_vec());
    let columns = columns();
    let columns: Vec<&Field> = columns.iter().collect();
    let (enums, systems, nested) = (Arena::default(), built_in_systems(), Arena::default());
    let types = Types {
        enums: &enums,
        systems: &systems,
        nested: &nested,
        verdicts: &[],
    };
    match read_rows(&file, sheet, &columns, types) {
        Ok(rows) => rows.iter().map(shown).collect(),
        Err(ReferenceError::Rows { first, count }) => {
            let faults: Vec<String> = first.iter().map(Fault::to_string).collect();
            format!("{count} faults\n{}\n", faults.join("\n"))
        }
        Err(ReferenceError::Columns { lacking, help, .. }) => {
            format!("{}; {help}", no_columns(&lacking))
        }
        Err(ReferenceError::Sheet { problem, help }) => format!("{problem}; {help}"),
        Err(other) => other.to_string(),
    }
}

fn shown(row: &ReferenceRow) -> String {
    let values = row.values.iter().map(|value| match value {
        None => "-".to_owned(),
        Some(Value::Text(text)) => print::quoted(text),
        Some(Value::Country(country)) => country.to_string(),
        Some(Value::Date(day)) => day.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => panic!("{other:?} was not asked for"),
    });
    let values: Vec<String> = values.collect();
    format!("{}: {}\n", row.place, values.join(" "))
}

const CSV: &str =
    "\u{feff}footnote,id,Listed On,country,other\r\n4,\"A, 1\",2020-01-31,NA,x\r\n\r\n,B,,cn,\r\n";
const ROWS: &str = "line 2: \"A, 1\" NA 2020-01-31 4\nline 4: \"B\" CN - -\n";

#[test]
fn columns_are_found_by_their_headers_and_empty_cells_are_missing() {
    assert_eq!(read("a.csv", CSV.as_bytes(), None), ROWS);
    let tabs = CSV
        .replace("\"A, 1\"", "A; 1")
        .replace(',', "\t")
        .replace(';', ",");
    assert_eq!(read("a.tsv", tabs.as_bytes(), None), ROWS);
}

#[test]
fn packed_files_are_unpacked() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(CSV.as_bytes()).unwrap();
    assert_eq!(read("a.csv.gz", &gz.finish().unwrap(), None), ROWS);
    let zst = zstd::encode_all(CSV.as_bytes(), 1).unwrap();
    assert_eq!(read("a.csv.zst", &zst, None), ROWS);
    assert!(read("a.csv.zst", &zst[..20], None).contains("damaged or cut off"));
}

#[test]
fn json_lines_give_one_object_a_line() {
    let lines = "{\"id\":\"A, 1\",\"country\":\"NA\",\"Listed On\":\"2020-01-31\",\"footnote\":4}\n\n{\"id\":\"B\",\"country\":\"cn\",\"footnote\":null}\n";
    let rows = "line 1: \"A, 1\" NA 2020-01-31 4\nline 3: \"B\" CN - -\n";
    assert_eq!(read("a.jsonl", lines.as_bytes(), None), rows);
    let found = read(
        "a.jsonl",
        b"{\"id\":\"A\",\"country\":\"CN\",\"footnote\":1}\n",
        None,
    );
    assert_eq!(
        found,
        "there is no column `Listed On`; the columns are `country`, `footnote`, `id`"
    );
    let found = read("a.jsonl", b"[{\"id\":\"A\"}]\n", None);
    assert!(found.contains("one JSON array"), "{found}");
}

#[test]
fn parquet_keeps_its_types() {
    let text = |texts: [&str; 2]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(18_292), None]));
    let notes: ArrayRef = Arc::new(Float64Array::from(vec![Some(4.0), None]));
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("country", text(["NA", "CN"]), true),
        ("Listed On", days, true),
        ("id", text(["A, 1", "B"]), true),
        ("footnote", notes, true),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let rows = "row 1: \"A, 1\" NA 2020-01-31 4\nrow 2: \"B\" CN - -\n";
    assert_eq!(read("a.parquet", &bytes, None), rows);
    let found = read("a.parquet", &bytes[..bytes.len() / 2], None);
    assert!(found.contains("not a sound Parquet file"), "{found}");
}

/// A workbook of these sheets, each with what stands in its `sheetData` and behind it. Style 1 is a date.
pub(crate) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    const MAIN: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut put = |name: &str, text: String| {
        zip.start_file(name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    put(
        "[Content_Types].xml",
        format!(
            "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
        ),
    );
    put(
        "_rels/.rels",
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let numbered = || sheets.iter().zip(1..);
    let names: String = numbered()
        .map(|((name, _), at)| format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\"/>"))
        .collect();
    put(
        "xl/workbook.xml",
        format!("<workbook {MAIN} xmlns:r=\"{OFFICE}\"><sheets>{names}</sheets></workbook>"),
    );
    let parts: String = numbered()
        .map(|(_, at)| format!("<Relationship Id=\"r{at}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"))
        .collect();
    put(
        "xl/_rels/workbook.xml.rels",
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\">{parts}<Relationship Id=\"s\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
        ),
    );
    put(
        "xl/styles.xml",
        format!(
            "<styleSheet {MAIN}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
        ),
    );
    for ((_, cells), at) in numbered() {
        let (cells, behind) = cells.split_once('|').unwrap_or((cells, ""));
        put(
            &format!("xl/worksheets/sheet{at}.xml"),
            format!("<worksheet {MAIN}><sheetData>{cells}</sheetData>{behind}</worksheet>"),
        );
    }
    zip.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn header() -> String {
    let names = [
        ("B3", "id"),
        ("C3", "country"),
        ("D3", "Listed On"),
        ("E3", "footnote"),
    ];
    let cells: String = names
        .iter()
        .map(|(place, name)| text(place, name))
        .collect();
    format!("<row r=\"3\">{cells}</row>")
}

#[test]
fn a_sheet_is_read_as_it_shows() {
    let rows = format!(
        "{}<row r=\"4\">{}{}<c r=\"D4\" s=\"1\"><v>43861</v></c><c r=\"E4\"><f>2+2</f><v>4</v></c></row>\
         <row r=\"9\">{}{}<c r=\"E9\" s=\"1\"/></row>",
        header(),
        text("B4", "A, 1"),
        text("C4", "NA"),
        text("C9", "cn"),
        text("B9", "B"),
    );
    let book = workbook(&[("Chart", "<row/>"), ("Parties", &rows)]);
    let read_rows = "row 4: \"A, 1\" NA 2020-01-31 4\nrow 9: \"B\" CN - -\n";
    assert_eq!(read("a.xlsx", &book, Some("Parties")), read_rows);
    assert_eq!(
        read("a.xlsx", &book, None),
        "there are 2 sheets in it; write `sheet` and its name behind the file's; the sheets are `Chart`, `Parties`"
    );
    assert!(read("a.xlsx", &book, Some("chart")).starts_with("there is no sheet `chart`; "));
    assert_eq!(
        read("a.xlsx", &book, Some("Chart")),
        "there is no row in it"
    );
    assert_eq!(
        read("a.xlsx", &workbook(&[("One", &rows)]), None),
        read_rows
    );
    let found = read("a.xlsx", b"PK\x03\x04 no zip", None);
    assert!(found.contains("not a sound Excel file"), "{found}");
    assert!(read("a.csv", CSV.as_bytes(), Some("x")).starts_with("only an .xlsx file has sheets"));
}

#[test]
fn cells_that_hold_no_value_are_faults() {
    let rows = format!(
        "{}<row r=\"4\"><c r=\"B4\"><f>A1</f></c><c r=\"C4\" t=\"e\"><v>#N/A</v></c><c r=\"D4\" s=\"1\"><v>43861.5</v></c>\
         <c r=\"E4\"><v>4.5</v></c></row>|<mergeCells count=\"1\"><mergeCell ref=\"C5:C6\"/></mergeCells>",
        header()
    );
    assert_eq!(
        read("a.xlsx", &workbook(&[("One", &rows)]), None),
        "5 faults\n\
         row 4, column `id`: `a formula that was never worked out`, not a text\n\
         row 4, column `country`: `#N/A`, not a country code such as CN\n\
         row 4, column `Listed On`: `43861.5`, not a date such as 2025-12-01\n\
         row 4, column `footnote`: `4.5`, not a whole number of at most 64 bits\n\
         row 5, column `country`: `merged cells`, not a cell of its own for every value\n"
    );
}

#[test]
fn one_bad_row_is_enough() {
    let csv = "id,country,Listed On,footnote\nA,CN,2020-02-30,\nB,CN\nC,,2020-01-01,x\nD,UK,,1\n";
    assert_eq!(
        read("a.csv", csv.as_bytes(), None),
        "5 faults\n\
         line 2, column `Listed On`: `2020-02-30`, not a date such as 2025-12-01\n\
         line 3: `2 fields: B,CN`, not 4 fields, as in the header\n\
         line 4, column `country`: nothing, not a country code such as CN (the column is not optional)\n\
         line 4, column `footnote`: `x`, not a whole number of at most 64 bits\n\
         line 5, column `country`: `UK`, not a country code such as CN\n"
    );
    let many = format!(
        "id,country,Listed On,footnote\n{}",
        "A,??,,\n".repeat(5_000)
    );
    let found = read("a.csv", many.as_bytes(), None);
    assert!(found.starts_with("5000 faults\nline 2, "), "{found}");
    assert_eq!(found.lines().count(), 1 + MAX_FAULTS);
}

#[test]
fn what_is_not_there_is_an_error() {
    let header = "id,country,Listed On,footnote\n";
    assert_eq!(
        read("a.csv", header.as_bytes(), None),
        "there is no row in it"
    );
    assert!(read("a.csv", b"", None).contains("there is no header line"));
    assert!(read("a.jsonl", b"\n", None).contains("there is no row in it"));
    assert_eq!(
        read("a.csv", b"id,Country,Listed On,footnote\n", None),
        "there is no column `country`; the nearest column is `Country`; to read it, write `from \"Country\"` behind the type"
    );
    assert_eq!(
        read("a.csv", b"id;country;Listed On;footnote\n", None),
        "there are no columns `id`, `country`, `Listed On`, `footnote`; the header is a single column; fields are set \
         apart by commas, in a .tsv file by tabs"
    );
    let twice = read(
        "a.csv",
        b"id,country,Listed On,footnote,id\n1,CN,,,2\n",
        None,
    );
    assert!(
        twice.contains("columns 1 and 5 are both called `id`"),
        "{twice}"
    );
    for name in ["a", "a.txt", "a.arrow", "a.xls"] {
        assert!(
            read(name, b"id\n1\n", None).contains("what kind of file"),
            "{name}"
        );
    }
}
