use super::super::testing::{Read, read_bytes, required, shown, shown_rejects};
use super::super::{InputOptions, WantedColumn};

fn options() -> InputOptions {
    InputOptions {
        key: Some("id".into()),
        ..InputOptions::default()
    }
}

fn read(text: &str, columns: &[&str]) -> Read {
    read_bytes("t.jsonl", text.as_bytes(), &required(columns), options()).unwrap()
}

#[test]
fn values_become_the_text_they_were_written_as() {
    let read = read(
        "{\"id\":\"1\",\"v\":5399.200000000002,\"b\":true,\"x\":{\"deep\":[1]}}\n\
         { \"b\" : false , \"v\" : 1e400, \"id\" : 12345678901234567890123 }\r\n\
         {\"id\":\"\\u00e9\\n\",\"v\":null,\"b\":\"\"}\n\
         {\"i\\u0064\":\"k\"}\n",
        &["id", "v", "b"],
    );
    assert_eq!(
        shown(&read),
        [
            "1|5399.200000000002|true",
            "12345678901234567890123|1e400|false",
            "é\n|-|-",
            "k|-|-"
        ]
    );
    assert_eq!(read.places[3], (0, 4, Some(4)));
}

#[test]
fn blank_lines_are_no_rows() {
    let read = read("\n{\"id\":1}\n  \t\n\r\n{\"id\":2}", &["id"]);
    assert_eq!(shown(&read), ["1", "2"]);
    assert_eq!(read.places, [(0, 1, Some(2)), (0, 2, Some(5))]);
    assert_eq!(read.notes[0].blank_lines, 3);
    assert!(read.notes[0].unterminated_last_line);
}

#[test]
fn lines_that_are_no_records_are_rejected_one_by_one() {
    let read = read(
        "{\"id\":\"1\",\"v\":1}\n\
         {\"id\":\"2\",\"v\":}\n\
         {\"id\":\"3\",\"v\":[1]}\n\
         {\"id\":\"4\",\"v\":1,\"id\":\"5\"}\n\
         {\"id\":\"6\",\"other\":1,\"other\":2}\n\
         {\"id\":\"7\",\"v\":\"a\\u0000b\"}\n\
         5\n\
         {\"id\":\"8\"} {\"id\":\"9\"}\n\
         {\"id\":\"10\",\"v\":\"\\ud800\"}\n\
         {\"id\":\"11\",\"v\":{\"a\":1}}\n",
        &["id", "v"],
    );
    assert_eq!(shown(&read), ["1|1"]);
    let rejects = shown_rejects(&read);
    assert_eq!(rejects.len(), 9);
    assert!(
        rejects[0].starts_with("2/2/2/-: {\"id\":\"2\",\"v\":}; one JSON object (byte 15: "),
        "{}",
        rejects[0]
    );
    assert_eq!(
        rejects[1],
        "3/3/3/v: [1]; a text, a number, true, false or null"
    );
    assert_eq!(rejects[2], "4/4/5/id: the key `id` twice; each key once");
    assert_eq!(rejects[3], "5/5/6/-: the key `other` twice; each key once");
    assert_eq!(
        rejects[4],
        "6/6/7/v: a\u{2400}b; text without a NUL character"
    );
    assert!(
        rejects[5].starts_with("7/7/-/-: 5; one JSON object"),
        "{}",
        rejects[5]
    );
    assert!(rejects[6].starts_with("8/8/"), "{}", rejects[6]);
    assert!(rejects[7].starts_with("9/9/10/v: "), "{}", rejects[7]);
    assert_eq!(
        rejects[8],
        "10/10/11/v: {\"a\":1}; a text, a number, true, false or null"
    );
}

#[test]
fn bytes_that_are_not_utf8_reject_the_line() {
    let text = b"{\"id\":\"a\"}\n{\"id\":\"\xFF\"}\n{\"id\":\"b\"}\n";
    let read = read_bytes("t.ndjson", text, &required(&["id"]), options()).unwrap();
    assert_eq!(shown(&read), ["a", "b"]);
    assert_eq!(
        read.rejects[0].expected,
        "UTF-8 text (byte 8, 0xFF, is not)"
    );
    assert_eq!((read.rejects[0].row, read.rejects[0].line), (2, Some(2)));
}

#[test]
fn a_json_array_is_not_json_lines() {
    let error = read_bytes(
        "t.jsonl",
        b"[{\"id\":1},\n{\"id\":2}]\n",
        &required(&["id"]),
        options(),
    );
    assert!(error.unwrap_err().to_string().contains("one JSON array"));
}

#[test]
fn keys_that_never_stood_anywhere_are_noted() {
    let read = read("{\"id\":1}\n{\"id\":2,\"v\":null}\n", &["id", "v", "w"]);
    assert_eq!(read.notes[0].absent_columns, ["w"]);
    assert!(
        super::super::testing::read_bytes("t.jsonl", b"", &required(&["id"]), options())
            .unwrap()
            .rows
            .is_empty()
    );
}

#[test]
fn carried_columns_keep_nested_values_as_json() {
    let all = InputOptions {
        carry_all: true,
        ..options()
    };
    let text = b"{\"id\":1,\"parts\":[{\"a\":1}],\"n\":\"x\"}\n{\"n\":2,\"id\":3}\n";
    let read = read_bytes("t.jsonl", text, &required(&["id"]), all.clone()).unwrap();
    assert_eq!(shown(&read), ["1|[{\"a\":1}]|x", "3|-|2"]);
    let late = InputOptions {
        block_bytes: 10,
        ..all
    };
    let error = read_bytes(
        "t.jsonl",
        b"{\"id\":1}\n{\"id\":2,\"z\":1}\n",
        &required(&["id"]),
        late,
    );
    let text = error.unwrap_err().to_string();
    assert!(text.contains("line 2: the key `z`"), "{text}");
}

#[test]
fn every_block_size_gives_the_same_rows() {
    let text = "{\"id\":1,\"v\":\"a\"}\r\n\n{\"v\":\"b\",\"id\":2}\r{\"id\":3,\"v\":\"c\",\"v\":1}\n{}\n  \n{\"id\":\"é\"}\n{bad\n{\"id\":9}";
    let whole = read(text, &["v", "id"]);
    assert_eq!((whole.rows.len(), whole.rejects.len()), (5, 2));
    for size in 1..text.len() + 2 {
        for batch_rows in [1, 2, 100] {
            let small = InputOptions {
                block_bytes: size,
                batch_rows,
                ..options()
            };
            let read =
                read_bytes("t.jsonl", text.as_bytes(), &required(&["v", "id"]), small).unwrap();
            assert_eq!((&read.rows, &read.places), (&whole.rows, &whole.places));
            assert_eq!((&read.rejects, &read.notes), (&whole.rejects, &whole.notes));
        }
    }
}

#[test]
fn an_optional_column_is_just_missing() {
    let wanted = [WantedColumn::required("id"), WantedColumn::optional("x")];
    let read = read_bytes("t.jsonl", b"{\"id\":1}\n", &wanted, options()).unwrap();
    assert_eq!(shown(&read), ["1|-"]);
}
