use super::super::testing::{Read, read_bytes, required, shown, shown_rejects};
use super::super::{InputOptions, WantedColumn};
use super::field_end;
use proptest::prelude::*;

fn options() -> InputOptions {
    InputOptions {
        key: Some("id".into()),
        ..InputOptions::default()
    }
}

fn read(text: &[u8], columns: &[&str]) -> Read {
    read_bytes("t.csv", text, &required(columns), options()).unwrap()
}

fn fails(text: &[u8], columns: &[&str]) -> String {
    let error = read_bytes("t.csv", text, &required(columns), options()).unwrap_err();
    assert_eq!(error.status(), 65, "{error}");
    error.to_string()
}

#[test]
fn wanted_columns_come_in_the_order_asked_for() {
    let read = read(
        b"id,a,b\n1,x,y\n2,\"\",\"q, \"\"r\"\"\"\n",
        &["b", "id", "a"],
    );
    assert_eq!(shown(&read), ["y|1|x", "q, \"r\"|2|-"]);
    assert_eq!(read.places, [(0, 1, Some(2)), (0, 2, Some(3))]);
    assert!(read.rejects.is_empty() && !read.notes[0].unterminated_last_line);
}

#[test]
fn nothing_is_taken_for_a_number_or_a_null() {
    let read = read(b"id,c,h\nNA,NULL,008\n1e5, x ,nan\n", &["id", "c", "h"]);
    assert_eq!(shown(&read), ["NA|NULL|008", "1e5| x |nan"]);
}

#[test]
fn all_line_ends_and_a_byte_order_mark_are_read() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}id,a{end}1,x{end}{end}2,\"m{end}n\"{end}3,z{end}");
        let read = read(text.as_bytes(), &["id", "a"]);
        assert_eq!(
            shown(&read),
            ["1|x".to_owned(), format!("2|m{end}n"), "3|z".to_owned()]
        );
        let lines: Vec<u64> = read.places.iter().map(|place| place.2.unwrap()).collect();
        assert_eq!(lines, [2, 4, 6], "{end:?}");
        assert_eq!(read.notes[0].blank_lines, 1);
    }
}

#[test]
fn a_ragged_row_is_rejected_and_its_neighbours_are_not() {
    let read = read(b"id,a\n1,x\n2\n3,y,z\n4,w\n", &["a"]);
    assert_eq!(shown(&read), ["x", "w"]);
    assert_eq!(
        shown_rejects(&read),
        [
            "2/3/2/-: 1 field: 2; 2 fields, as in the header",
            "3/4/3/-: 3 fields: 3,y,z; 2 fields, as in the header",
        ]
    );
    assert_eq!(read.places, [(0, 1, Some(2)), (0, 4, Some(5))]);
}

#[test]
fn the_key_of_a_ragged_row_is_not_guessed() {
    let read = read(b"a,id\nx,1,9\n", &["a"]);
    assert_eq!(read.rejects[0].key, None);
}

#[test]
fn a_quote_that_is_never_closed_is_no_missing_line_end() {
    let read = read(b"id,a\n1,x\n\"2,y\n", &["id", "a"]);
    assert_eq!((shown(&read).len(), read.rejects.len()), (1, 1));
    assert!(!read.notes[0].unterminated_last_line);
}

#[test]
fn an_unterminated_last_line_is_a_row_and_is_noted() {
    let read = read(b"id,a\n1,x\n2,y", &["id", "a"]);
    assert_eq!(shown(&read), ["1|x", "2|y"]);
    assert!(read.notes[0].unterminated_last_line);
}

#[test]
fn a_quote_that_is_not_closed_rejects_the_row() {
    let read = read(b"id,a\n1,x\n2,\"y\n3,z\n", &["id", "a"]);
    assert_eq!(shown(&read), ["1|x"]);
    assert_eq!(read.rejects[0].row, 2);
    assert_eq!(read.rejects[0].key.as_deref(), Some("2"));
    assert!(
        read.rejects[0].expected.contains("a closing quote"),
        "{:?}",
        read.rejects
    );
}

#[test]
fn text_after_a_closing_quote_rejects_the_row() {
    let read = read(b"id,a\n1,\"x\"y\n2,z\n3,5\" pipe\n", &["id", "a"]);
    assert_eq!(shown(&read), ["2|z", "3|5\" pipe"]);
    assert_eq!(
        shown_rejects(&read),
        ["1/2/1/a: \"x\"y; nothing between the closing quote and the next field"]
    );
}

#[test]
fn bytes_that_are_not_utf8_reject_the_row_in_whatever_column() {
    let read = read(b"id,a,b\n1,C\xF4te,x\n2,C\xC3\xB4te,y\n", &["id", "b"]);
    assert_eq!(shown(&read), ["2|y"]);
    assert_eq!(
        shown_rejects(&read),
        ["1/2/1/a: C\u{fffd}te; UTF-8 text (byte 0xF4 is not)"]
    );
}

#[test]
fn a_nul_rejects_the_row() {
    let read = read(b"id,a\n1,x\0y\n2,z\n", &["id"]);
    assert_eq!(shown(&read), ["2"]);
    assert_eq!(
        shown_rejects(&read),
        ["1/2/1/a: x\u{2400}y; text without a NUL character"]
    );
}

#[test]
fn a_header_that_names_a_wanted_column_twice_is_an_error() {
    let text = fails(b"id,a,b,a\n1,2,3,4\n", &["id", "a"]);
    assert!(
        text.contains("columns 2 and 4 are both called `a`"),
        "{text}"
    );
    assert_eq!(shown(&read(b"id,a,b,a\n1,2,3,4\n", &["id", "b"])), ["1|3"]);
}

#[test]
fn a_missing_column_is_an_error_that_names_the_nearest() {
    let text = fails(b"id,Ship Date\n", &["id", "ship_date"]);
    assert!(
        text.contains("no column `ship_date`") && text.contains("`Ship Date`"),
        "{text}"
    );
}

#[test]
fn an_optional_column_may_be_absent() {
    let mut wanted = required(&["id"]);
    wanted.push(WantedColumn::optional("region"));
    let read = read_bytes("t.csv", b"id\n1\n", &wanted, options()).unwrap();
    assert_eq!(shown(&read), ["1|-"]);
    assert_eq!(read.notes[0].absent_columns, ["region"]);
}

#[test]
fn an_empty_file_is_an_error_and_a_header_alone_is_not() {
    for text in [&b""[..], b"\n\n", b"\xEF\xBB\xBF"] {
        assert!(fails(text, &["id"]).contains("no header line"));
    }
    for text in [&b"id,a"[..], b"id,a\n", b"id,a\r\n\r\n"] {
        assert_eq!(read(text, &["id"]).rows.len(), 0);
    }
    assert!(fails(b"id,\"a\n1,2\n", &["id"]).contains("the header"));
    assert!(fails(b"id,\xFF\n", &["id"]).contains("not UTF-8"));
}

#[test]
fn other_delimiters_are_asked_for_not_guessed() {
    assert!(fails(b"id;a\n1;2\n", &["id"]).contains("delimiter"));
    let semicolon = InputOptions {
        delimiter: Some(b';'),
        ..options()
    };
    let read = read_bytes("t.csv", b"id;a\n1;\"2;3\"\n", &required(&["a"]), semicolon).unwrap();
    assert_eq!(shown(&read), ["2;3"]);
    let read = read_bytes("t.tsv", b"id\ta\n1\t2,3\n", &required(&["a"]), options()).unwrap();
    assert_eq!(shown(&read), ["2,3"]);
}

#[test]
fn batches_are_bounded_and_without_columns_rows_still_count() {
    let text: String = (0..100).fold("id\n".to_owned(), |text, row| text + &format!("{row}\n"));
    let small = InputOptions {
        batch_rows: 7,
        ..options()
    };
    let read = read_bytes("t.csv", text.as_bytes(), &required(&["id"]), small.clone()).unwrap();
    assert_eq!((read.rows.len(), read.most_rows), (100, 7));
    let read = read_bytes("t.csv", text.as_bytes(), &[], small).unwrap();
    assert_eq!(read.rows.len(), 100);
}

#[test]
fn every_block_size_gives_the_same_rows() {
    let text = b"\xEF\xBB\xBFid,a,b\r\n1,\"x\r\ny\",\"\"\"\"\r\n\r\n2,\"a,\"\"b\"\"\n\",\r\n\
        3,bad\xFF,z\r4,5\" pipe,\"\"\"q\"\n\"5\",\"ragged\"\n\n6,\"after\"x,1\n7,\"\",\0\n8,\xC3\xA9,\"last";
    let whole = read(text, &["id", "b", "a"]);
    assert_eq!(whole.rows.len() + whole.rejects.len(), 8);
    for size in 1..text.len() + 2 {
        for batch_rows in [1, 3, 1000] {
            let small = InputOptions {
                block_bytes: size,
                batch_rows,
                ..options()
            };
            let read = read_bytes("t.csv", text, &required(&["id", "b", "a"]), small).unwrap();
            assert_eq!(
                (&read.rows, &read.places, &read.rejects, &read.notes),
                (&whole.rows, &whole.places, &whole.rejects, &whole.notes),
                "{size}"
            );
        }
    }
}

#[test]
fn packed_files_are_the_same_rows() {
    use std::io::Write;
    let text = b"id,a\n1,x\n2,\"y\nz\"\n";
    let plain = read(text, &["id", "a"]);
    let mut gz = Vec::new();
    for part in [&text[..8], &text[8..]] {
        let mut member = flate2::write::GzEncoder::new(&mut gz, flate2::Compression::fast());
        member.write_all(part).unwrap();
        member.finish().unwrap();
    }
    let zst = zstd::encode_all(&text[..], 1).unwrap();
    for (name, bytes) in [("t.csv.gz", &gz), ("t.csv.zst", &zst)] {
        let read = read_bytes(name, bytes, &required(&["id", "a"]), options()).unwrap();
        assert_eq!(
            (read.rows, read.places),
            (plain.rows.clone(), plain.places.clone())
        );
        let cut = &bytes[..bytes.len() - 5];
        let error = read_bytes(name, cut, &required(&["id"]), options()).unwrap_err();
        assert_eq!(error.status(), 65);
        assert!(error.to_string().contains("damaged or cut off"), "{error}");
    }
}

proptest! {
    #[test]
    fn what_a_writer_quotes_is_read_back(
        rows in prop::collection::vec(prop::collection::vec("[a\"',;\n\r é]{0,6}", 3), 0..20),
        size in 1usize..200,
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["id", "a", "b"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let small = InputOptions { block_bytes: size, ..options() };
        let read = read_bytes("t.csv", &text, &required(&["id", "a", "b"]), small).unwrap();
        let expected: Vec<Vec<Option<String>>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (!cell.is_empty()).then(|| cell.clone())).collect())
            .collect();
        prop_assert_eq!(read.rows, expected);
    }

    #[test]
    fn a_field_ends_where_the_first_mark_stands(bytes in prop::collection::vec(prop::sample::select(b"ab,\n\r\x0b\x0d\x2c\x2d\xac".to_vec()), 0..40)) {
        let plain = bytes.iter().position(|b| b",\n\r".contains(b)).unwrap_or(bytes.len());
        prop_assert_eq!(field_end(&bytes, 0, b','), plain);
    }

    #[test]
    fn any_bytes_are_split_into_screened_and_rejected(
        bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\r\0\xff1 ".to_vec()), 0..80),
        size in 1usize..50,
    ) {
        let mut text = b"id,a\n".to_vec();
        text.extend(&bytes);
        let whole = read_bytes("t.csv", &text, &required(&["id", "a"]), options()).unwrap();
        let small = InputOptions { block_bytes: size, ..options() };
        let parts = read_bytes("t.csv", &text, &required(&["id", "a"]), small).unwrap();
        prop_assert_eq!(whole.rows, parts.rows);
        prop_assert_eq!(whole.places, parts.places);
        prop_assert_eq!(whole.rejects, parts.rejects);
    }
}
