//! Child tables joined to books: what arrives, whatever the order, the threads, the batches and the memory.

use std::path::{Path, PathBuf};

use super::*;
use crate::check::check_text;
use crate::input::testing::{Read, read_source};
use crate::io::commit::OutputSet;
use crate::io::mapping::parse_mapping;
use crate::io::output::{OutputKind, OutputOptions, writer};
use crate::model::Type;

const POLICY: &str = "
policy p { title \"t\" }
record r { key id : text  as of day : date  items : list of item?  note : text? }
record item { name : text  amount : decimal?  parts : list of part? }
record part { maker : text? }
verdicts clear < deny
otherwise clear
when unknown deny
rule made \"m\" { when any i in items satisfies any p in i.parts satisfies p.maker = \"x\" then deny }
";

/// A folder with files, and how they are read.
struct Desk {
    folder: tempfile::TempDir,
    model: Model,
    mapping: Mapping,
    children: Vec<(&'static str, &'static str)>,
    effort: Effort,
    batch_rows: usize,
    block_bytes: usize,
}

impl Desk {
    fn new(children: &[(&'static str, &'static str)]) -> Desk {
        let checked = check_text("p.interdict", POLICY);
        let model = checked.model;
        Desk {
            folder: tempfile::tempdir().expect("a folder"),
            model: model.unwrap_or_else(|| panic!("{:?}", checked.diagnostics)),
            mapping: Mapping::default(),
            children: children.to_vec(),
            effort: Effort {
                threads: 1,
                memory: MEMORY,
            },
            batch_rows: 1 << 13,
            block_bytes: 4 << 20,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    fn map(&mut self, text: &str) {
        self.mapping = parse_mapping("m.toml", text).expect("a mapping");
    }

    fn open(&self, inputs: &[&str]) -> Result<Book, InputError> {
        let read = ["id", "day", "items"];
        let fields = self.model.record.fields.iter();
        let fields: Vec<_> = fields.filter(|(_, it)| read.contains(&&*it.name)).collect();
        let wanted = fields.iter().map(|(_, field)| {
            let lists = matches!(field.ty, Type::List(_));
            WantedColumn::required(field.column.as_ref())
                .holding(field.name.as_ref(), field.optional)
                .of_lists(lists)
        });
        let ids: Vec<FieldId> = fields.iter().map(|(id, _)| *id).collect();
        let inputs: Vec<InputSpec> = inputs
            .iter()
            .map(|name| match *name {
                "-" => InputSpec::with_kind("-", "csv".parse().expect("a kind")),
                name => InputSpec::new(self.path(name)),
            })
            .collect();
        let children: Vec<ChildSpec> = self
            .children
            .iter()
            .map(|(list, file)| ChildSpec {
                list: (*list).to_owned(),
                input: InputSpec::new(match *file {
                    "-" => PathBuf::from("-"),
                    file => self.path(file),
                }),
            })
            .collect();
        let asked = Asked {
            model: &self.model,
            mapping: &self.mapping,
            fields: &ids,
            wanted: wanted.collect(),
            inputs: &inputs,
            children: &children,
            options: InputOptions {
                key: Some("id".to_owned()),
                batch_rows: self.batch_rows,
                block_bytes: self.block_bytes,
                ..InputOptions::default()
            },
            effort: self.effort.clone(),
        };
        open(asked, &mut |_, _| ())
    }

    fn read(&self, inputs: &[&str]) -> (Read, Vec<String>) {
        let book = self.open(inputs).unwrap_or_else(|error| panic!("{error}"));
        let read = read_source(&*book.source).unwrap_or_else(|error| panic!("{error}"));
        (read, self.orphans(&book))
    }

    fn orphans(&self, book: &Book) -> Vec<String> {
        let mut orphans = Vec::new();
        book.each_orphan(|reject| {
            orphans.push(self.words(&reject));
            Ok::<(), InputError>(())
        })
        .expect("they are kept");
        let counted: u64 = book.notes().iter().map(|notes| notes.orphans).sum();
        assert_eq!(counted, orphans.len() as u64);
        orphans
    }

    /// A reject as `file:line key field: found, expected`, without the folder.
    fn words(&self, reject: &Reject) -> String {
        let text = format!(
            "{}:{} {} {}: {}, {}",
            reject.file,
            reject.line.unwrap_or_default(),
            reject.key.as_deref().unwrap_or("?"),
            reject.field.as_deref().unwrap_or("?"),
            reject.found,
            reject.expected
        );
        text.replace(&self.prefix(), "")
    }

    fn prefix(&self) -> String {
        crate::input::errors::shown(self.folder.path()) + "/"
    }

    fn error(&self, inputs: &[&str]) -> String {
        match self.open(inputs) {
            Ok(_) => panic!("it opens"),
            Err(error) => {
                assert_eq!(error.status(), 65, "{error}");
                error.to_string().replace(&self.prefix(), "")
            }
        }
    }
}

/// The lists of each row, as Arrow shows them.
fn lists(read: &Read) -> Vec<(String, String)> {
    let pair = |row: &Vec<Option<String>>| {
        let id = row[0].clone().unwrap_or_default();
        (id, row[2].clone().unwrap_or_default())
    };
    read.rows.iter().map(pair).collect()
}

const TWO: [(&str, &str); 2] = [("items", "items.csv"), ("items.parts", "parts.csv")];

#[test]
fn elements_stand_in_the_order_of_their_file() {
    let desk = Desk::new(&TWO);
    desk.write(
        "in.csv",
        "id,day,note\nB,2026-01-01,\nA,2026-01-02,\nC,2026-01-03,\n",
    );
    desk.write("items.csv", "id,name,amount\nA,a1,5\nB,b1,\n A ,a2,7\n");
    desk.write("parts.csv", "items,id,maker\n2,A,x\n1,B,y\n2,A,\n1,A,z\n");
    let (read, orphans) = desk.read(&["in.csv"]);
    assert_eq!(orphans, [""; 0]);
    assert!(read.rejects.is_empty(), "{:?}", read.rejects);
    let found = lists(&read);
    assert_eq!(
        found.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["B", "A", "C"]
    );
    assert_eq!(
        found[1].1,
        "[{name: a1, amount: 5, parts: [{maker: z, (line): 5}], (line): 2}, \
         {name: a2, amount: 7, parts: [{maker: x, (line): 2}, {maker: , (line): 4}], (line): 4}]"
    );
    assert_eq!(found[2].1, "[]");
}

/// Numbers that look random and are the same each time.
fn shuffled<T>(mut things: Vec<T>, mut seed: u64) -> Vec<T> {
    for at in (1..things.len()).rev() {
        seed = seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        things.swap(at, (seed >> 33) as usize % (at + 1));
    }
    things
}

#[test]
fn nothing_depends_on_order_threads_batches_or_memory() {
    let mut desk = Desk::new(&TWO);
    let keys: Vec<String> = (0..400).map(|number| format!("K{number}")).collect();
    let book = |keys: &[String]| {
        let rows = keys
            .iter()
            .map(|key| format!("{key},2026-01-01,\"long, text\"\n"));
        format!("id,day,note\n{}", rows.collect::<String>())
    };
    desk.write("in.csv", &book(&keys));
    desk.write("mixed.csv", &book(&shuffled(keys.clone(), 5)));
    let mut items = Vec::new();
    let mut parts = Vec::new();
    for number in 0..440usize {
        for item in 0..number % 7 {
            let ragged = if number % 97 == 13 && item == 2 {
                ",more"
            } else {
                ""
            };
            items.push(format!("K{number},i{item},{}{ragged}\n", number * item));
            let places = (0..item % 3).map(|part| format!("K{number},{},m{part}\n", item + 1));
            parts.extend(places);
        }
    }
    desk.write("items.csv", &format!("id,name,amount\n{}", items.concat()));
    let rows = shuffled(parts, 9).concat();
    desk.write("parts.csv", &format!("id,items,maker\n{rows}"));
    let (first, orphans) = desk.read(&["in.csv"]);
    // Rows of the keys 400 to 439.
    assert!(orphans.len() > 100, "{}", orphans.len());
    assert_eq!(first.rejects.len(), 4, "{:?}", first.rejects);
    assert!(
        first.rejects[0].expected.contains(" of "),
        "{:?}",
        first.rejects
    );
    let mut by_key = lists(&first);
    by_key.sort();
    for memory in [0, 5_000, MEMORY] {
        for (threads, batch_rows, block_bytes) in
            [(1, 1, 100), (3, 7, 1_000), (2, 1 << 13, 4 << 20)]
        {
            desk.effort = Effort { threads, memory };
            (desk.batch_rows, desk.block_bytes) = (batch_rows, block_bytes);
            let (read, again) = desk.read(&["in.csv"]);
            assert_eq!((&read.rows, &read.rejects), (&first.rows, &first.rejects));
            assert_eq!((&read.places, &again), (&first.places, &orphans));
            let (mixed, again) = desk.read(&["mixed.csv"]);
            assert_eq!(again, orphans);
            let mut mixed = lists(&mixed);
            mixed.sort();
            assert_eq!(mixed, by_key);
        }
    }
}

#[test]
fn rows_without_a_record_are_orphans_in_the_order_of_their_file() {
    let desk = Desk::new(&TWO);
    desk.write("in.csv", "id,day,note\nA,2026-01-01,\nR,2026-01-01\n");
    desk.write(
        "items.csv",
        "name,amount,id\nx,1,Z\ny,2,A\nz,3,\nr,1,R\nw,A\nv,4,Y\n",
    );
    desk.write("parts.csv", "id,items,maker\nQ,1,m\n\nA,1,n\n");
    let (read, orphans) = desk.read(&["in.csv"]);
    assert_eq!(
        orphans,
        [
            "items.csv:2 Z id: Z, the key of a record",
            "items.csv:4 ? id: , the key of a record",
            "items.csv:6 ? ?: 2 fields: w,A, 3 fields, as in the header",
            "items.csv:7 Y id: Y, the key of a record",
            "parts.csv:2 Q id: Q, the key of a record",
        ]
    );
    // The record R is there, though it cannot be read.
    assert_eq!((read.rows.len(), read.rejects.len()), (1, 1));
}

#[test]
fn a_child_row_that_cannot_be_read_rejects_its_record() {
    let desk = Desk::new(&TWO);
    desk.write(
        "in.csv",
        "id,day,note\nA,2026-01-01,\nB,2026-01-01,\nC,2026-01-01,\n",
    );
    desk.write("items.csv", "id,name,amount\nB,x\nA,a,1\nB,b,2\nC,c,3\n");
    desk.write("parts.csv", "id,items,maker\nC,1,m,more\n");
    let (read, orphans) = desk.read(&["in.csv"]);
    assert_eq!(orphans, [""; 0]);
    assert_eq!(lists(&read).len(), 1);
    let rejects: Vec<String> = read.rejects.iter().map(|it| desk.words(it)).collect();
    assert_eq!(
        rejects,
        [
            "in.csv:3 B items: 2 fields: B,x, 3 fields, as in the header (line 2 of items.csv)",
            "in.csv:4 C items.parts: 4 fields: C,1,m,more, 3 fields, as in the header (line 2 of parts.csv)",
        ]
    );
}

#[test]
fn records_that_share_a_key_are_all_rejected_where_child_rows_name_it() {
    let mut desk = Desk::new(&TWO[..1]);
    desk.map("[columns]\n\"items.parts\" = false");
    desk.write(
        "a.csv",
        "id,day\nA,2026-01-01\nB,2026-01-01\nC,2026-01-01\nB,2026-01-02\n",
    );
    desk.write(
        "b.csv",
        "id,day\nD,2026-01-01\nA,2026-01-01\nC,2026-01-01\n",
    );
    desk.write("items.csv", "id,name,amount\nA,x,1\nB,y,1\nD,z,1\n");
    for memory in [0, MEMORY] {
        desk.effort.memory = memory;
        let (read, orphans) = desk.read(&["a.csv", "b.csv"]);
        assert_eq!(orphans, [""; 0]);
        let rejects: Vec<String> = read.rejects.iter().map(|it| desk.words(it)).collect();
        let shared = "a key that no other record has, since child rows name it";
        assert_eq!(
            rejects,
            [
                format!("a.csv:2 A id: A, {shared} (row 2 of b.csv has it, too)"),
                format!("a.csv:3 B id: B, {shared} (row 4 has it, too)"),
                format!("a.csv:5 B id: B, {shared} (row 2 has it, too)"),
                format!("b.csv:3 A id: A, {shared} (row 1 of a.csv has it, too)"),
            ]
        );
        let found = lists(&read);
        let found: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(found, ["C", "D", "C"]);
    }
}

#[test]
fn a_column_may_name_the_elements() {
    let mut desk = Desk::new(&TWO);
    desk.map(
        "[children.items]\nkey = \"Record\"\nelement = \"no\"\n\
         [children.\"items.parts\"]\nkey = \"of\"\nwithin = { items = \"item_no\" }",
    );
    desk.write(
        "in.csv",
        "id,day\nA,2026-01-01\nB,2026-01-01\nC,2026-01-01\nD,2026-01-01\n",
    );
    desk.write(
        "items.csv",
        "Record,no,name,amount\nA,20,a,1\nA,10,b,1\nB,1,c,1\nC,7,d,1\nC,7,e,1\nD,7,d,1\nD,7,e,1\n",
    );
    desk.write("parts.csv", "maker,item_no,of\nx,10,A\ny,2,B\nz,7,C\n");
    let (read, orphans) = desk.read(&["in.csv"]);
    assert_eq!(orphans, [""; 0]);
    let found = lists(&read);
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].1,
        "[{name: a, amount: 1, parts: [], (line): 2}, \
         {name: b, amount: 1, parts: [{maker: x, (line): 2}], (line): 3}]"
    );
    // Names that no part asks for may stand twice.
    assert_eq!(found[1].0, "D");
    let rejects: Vec<String> = read.rejects.iter().map(|it| desk.words(it)).collect();
    assert_eq!(
        rejects,
        [
            "in.csv:3 B items.parts: 2, the `no` of one of `items` (line 3 of parts.csv)",
            "in.csv:4 C items.parts: 7, a `no` that only one of `items` has (line 4 of parts.csv)",
        ]
    );
}

#[test]
fn an_element_that_is_not_there_rejects_the_record() {
    let desk = Desk::new(&TWO);
    desk.write("in.csv", "id,day\nA,2026-01-01\n");
    desk.write("items.csv", "id,name,amount\nA,a,1\n");
    for (number, said) in [("2", "2"), ("0", "0"), ("", ""), ("a", "a")] {
        desk.write("parts.csv", &format!("id,items,maker\nA,{number},x\n"));
        let (read, _) = desk.read(&["in.csv"]);
        assert!(read.rows.is_empty());
        let wanted = format!(
            "in.csv:2 A items.parts: {said}, the number of one of `items`, counted from 1 (line 2 of parts.csv)"
        );
        assert_eq!(desk.words(&read.rejects[0]), wanted);
    }
}

#[test]
fn empty_tables_and_other_formats_are_read_alike() {
    let desk = Desk::new(&TWO);
    desk.write("in.csv", "id,day\nA,2026-01-01\nB,2026-01-01\n");
    desk.write("items.csv", "id,name,amount\n");
    desk.write("parts.csv", "id,items,maker\n");
    let (read, _) = desk.read(&["in.csv"]);
    assert_eq!(
        lists(&read).iter().filter(|(_, list)| list == "[]").count(),
        2
    );
    let desk = Desk {
        children: vec![("items", "items.tsv"), ("items.parts", "parts.jsonl")],
        ..desk
    };
    desk.write("in.jsonl", "{\"id\":1,\"day\":\"2026-01-01\"}\n");
    desk.write("items.tsv", "id\tname\tamount\n1\ta\t1\n");
    desk.write("parts.jsonl", "{\"id\":1,\"items\":1,\"maker\":\"x\"}\n");
    let (read, orphans) = desk.read(&["in.jsonl"]);
    assert_eq!(orphans, [""; 0]);
    assert_eq!(
        lists(&read)[0].1,
        "[{name: a, amount: 1, parts: [{maker: x, (line): 1}], (line): 2}]"
    );
}

#[test]
fn joined_records_can_be_written_and_read_again() {
    let desk = Desk::new(&TWO);
    desk.write("in.csv", "id,day\nA,2026-01-01\nB,2026-01-01\n");
    desk.write("items.csv", "id,name,amount\nA,a,1\n");
    desk.write("parts.csv", "id,items,maker\nA,1,x\n");
    let book = desk.open(&["in.csv"]).expect("a book");
    let unit = book.source.next_unit().expect("a unit").expect("a unit");
    let mut chunks = book.source.read_unit(unit).expect("chunks");
    let batch = chunks.next().expect("a chunk").expect("a chunk").batch;
    // So a fault in the program is written down with its record.
    for (name, kind) in [
        ("again.jsonl", OutputKind::JsonLines),
        ("again.parquet", OutputKind::Parquet),
    ] {
        let mut set = OutputSet::default();
        let sink = set.stage(&desk.path(name)).expect("a place");
        let options = OutputOptions::default();
        let mut writer = writer(kind, sink, batch.schema(), &options).expect("a writer");
        writer.write(&batch).expect("it is written");
        writer.finish().expect("it is written");
        set.commit(None).expect("it is in its place");
        let wanted = WantedColumn::required("items").of_lists(true);
        let inputs = [InputSpec::new(desk.path(name))];
        let again = input::open(&inputs, &[wanted], InputOptions::default()).expect("a file");
        let read = read_source(&*again).expect("records");
        let first = read.rows[0][0].clone().unwrap_or_default();
        let second = read.rows[1][0].clone();
        assert!(first.contains("maker") && first.contains('x'), "{first}");
        assert_eq!(second.as_deref(), Some("[]"), "{name}");
    }
}

#[test]
fn tables_that_are_none_of_the_record_are_refused() {
    let said = |children: &[(&'static str, &'static str)], inputs: &[&str], map: &str| {
        let mut desk = Desk::new(children);
        desk.map(map);
        desk.write("in.csv", "id,day,items\nA,2026-01-01,\n");
        desk.write("items.csv", "id,name,amount,parts\n");
        desk.write("parts.csv", "id,items,maker\n");
        desk.write("x.parquet", "PAR1");
        desk.error(inputs)
    };
    for (children, wanted) in [
        (&[("item", "items.csv")][..], "the nearest list is `items`"),
        (
            &[("day", "items.csv")],
            "the field `day` is no list of records",
        ),
        (
            &[("items", "items.csv"), ("items", "parts.csv")],
            "two child tables",
        ),
        (&[("items.parts", "parts.csv")], "`--child items=FILE`"),
        (&[("items", "-")], "a child table is one file"),
        (&[("items", "x.parquet")], "a child table is a text file"),
        (
            &[("items", "parts.csv"), ("items.parts", "items.csv")],
            "there are no columns `name`, `amount`",
        ),
        (
            &[("items", "items.csv")],
            "cannot hold the field `items.parts`",
        ),
    ] {
        let error = said(children, &["in.csv"], "");
        assert!(error.contains(wanted), "{error}");
    }
    let error = said(&TWO, &["-"], "");
    assert!(error.contains("are read twice"), "{error}");
    let error = said(&TWO, &["in.csv"], "[columns]\nitems = false");
    assert!(
        error.contains("the mapping says that the data has no such list"),
        "{error}"
    );
    let error = said(&TWO, &["in.csv"], "[children.items]\nelement = \"id\"");
    assert!(error.contains("the column `id` would name"), "{error}");
}

#[test]
fn a_table_of_a_list_that_nothing_reads_is_not_opened() {
    let mut desk = Desk::new(&[("items", "gone.csv")]);
    desk.write("in.csv", "id,day\nA,2026-01-01\n");
    let text = POLICY.replace(
        "any i in items satisfies any p in i.parts satisfies p.maker",
        "note",
    );
    desk.model = check_text("p.interdict", &text).model.expect("a model");
    let ids: Vec<FieldId> = vec![desk.model.record.key];
    let specs = [ChildSpec {
        list: "items".to_owned(),
        input: InputSpec::new(Path::new("gone.csv")),
    }];
    let plan = Plan::new(&specs, &desk.model, &desk.mapping, &ids).expect("a plan");
    assert!(plan.tables.is_empty());
    assert_eq!(plan.unread, [("items".to_owned(), "gone.csv".to_owned())]);
}
