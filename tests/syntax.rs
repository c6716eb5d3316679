//! Reading rule files.
use interdict::diagnostic::Renderer;
use interdict::text::SourceMap;

#[test]
fn scratch() {
    let Ok(list) = std::env::var("SCRATCH") else {
        return;
    };
    for path in list.split_whitespace() {
        let mut files = SourceMap::default();
        let id = files.add(path, std::fs::read_to_string(path).unwrap());
        let t = std::time::Instant::now();
        let (tree, diagnostics) = interdict::syntax::parse(&files, id);
        println!(
            "== {path}: {} items, {} messages, {:?}",
            tree.items.len(),
            diagnostics.len(),
            t.elapsed()
        );
        let mut renderer = Renderer::new(&files, false);
        for d in &diagnostics {
            println!("{}", renderer.render(d));
        }
        if std::env::var("TREE").is_ok() {
            println!("{tree:#?}");
        }
    }
}
