//! Colours as the protocol packs them: five numbers each, relative to the one before.

use super::convert::{Lines, number};
use crate::ide::{Colour, ColourKind};
use lsp_types::SemanticToken;

/// The protocol's names of our colours, in the order of [`ColourKind::ALL`].
pub(super) fn legend() -> Vec<&'static str> {
    ColourKind::ALL.iter().map(|kind| name(*kind)).collect()
}

fn name(kind: ColourKind) -> &'static str {
    match kind {
        ColourKind::Keyword => "keyword",
        ColourKind::Comment => "comment",
        ColourKind::Text => "string",
        ColourKind::Number => "number",
        ColourKind::Operator => "operator",
        ColourKind::Type => "type",
        ColourKind::Enum => "enum",
        ColourKind::EnumValue => "enumMember",
        ColourKind::Field => "property",
        ColourKind::Variable => "variable",
        ColourKind::Parameter => "parameter",
        ColourKind::Function => "function",
        ColourKind::Rule => "class",
        ColourKind::Namespace => "namespace",
        ColourKind::Tag => "decorator",
    }
}

/// The numbers of `colours`, which stand in the order of the text.
pub(super) fn packed(colours: &[Colour], lines: &Lines) -> Vec<SemanticToken> {
    let (mut line, mut character) = (0, 0);
    let mut packed = Vec::with_capacity(colours.len());
    for colour in colours {
        let at = lines.position(colour.start);
        let delta_line = at.line - line;
        let delta_start = match delta_line {
            0 => at.character - character,
            _ => at.character,
        };
        let kind = ColourKind::ALL.iter().position(|kind| *kind == colour.kind);
        packed.push(SemanticToken {
            delta_line,
            delta_start,
            length: lines.length(colour.start, colour.end),
            token_type: number(kind.unwrap_or(0)),
            token_modifiers_bitset: u32::from(colour.declares),
        });
        (line, character) = (at.line, at.character);
    }
    packed
}
