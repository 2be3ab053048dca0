//! The guide shows this crate's own code.

const GUIDE: &str = include_str!("../../../docs/reuse.md");
const PREMIERE: &str = include_str!("../src/premiere.rs");

fn without_indents(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_piece_of_rust_in_the_guide_stands_in_the_example() {
    let code = without_indents(PREMIERE);
    let pieces: Vec<_> = GUIDE.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!pieces.is_empty(), "docs/reuse.md shows no code");
    for piece in pieces {
        assert!(code.contains(without_indents(piece).trim()), "docs/reuse.md shows what premiere.rs lacks:\n{piece}");
    }
}
