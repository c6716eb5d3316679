//! Closures: lists that follow from lists and from a list of who owns whom.

mod carried;
mod rows;

pub(super) use rows::shown;

use super::checker::Checker;
use super::data::ListInfo;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::{Bound, Number};
use crate::model::{
    Closure, Field, FieldId, FieldRole, List, ListHead, ListId, ListSource, Type, Value,
};
use crate::syntax::ast;
use crate::text::{Arena, Span, Spanned};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The entries of a closure, each at most once.
#[derive(Default)]
struct Entries<'a> {
    owner: Option<&'a ast::Name>,
    owned: Option<&'a ast::Name>,
    share: Option<&'a ast::Name>,
    caught_at: Option<(&'a Spanned<ast::CompareOp>, &'a ast::Expr)>,
    carries: Vec<&'a ast::Name>,
}

/// A closure before its lists are there, and one that is wrong: without a key and without rows.
pub(super) fn unread(ast: &ast::Closure, id: ListId) -> (ListInfo, List) {
    let columns = columns(None, &[], ast.name.span);
    let info = ListInfo {
        by_name: by_name(&columns),
        columns: columns.clone(),
        keys: Vec::new(),
        broken: Vec::new(),
        span: ast.name.span,
        coarse: None,
    };
    let nothing = Closure {
        of: Vec::new(),
        over: id,
        owner: FieldId::from_index(0),
        owned: FieldId::from_index(0),
        share: FieldId::from_index(0),
        bound: Bound {
            share: Number::one(),
            exceeded: false,
        },
        carries: Vec::new(),
    };
    (info, List::new(head(ast, columns, nothing), Vec::new()))
}

fn head(ast: &ast::Closure, columns: Arena<Field>, closure: Closure) -> ListHead {
    ListHead {
        name: ast.name.text.as_str().into(),
        columns,
        keys: vec![FieldId::from_index(0)],
        valid: None,
        recorded: None,
        source: ListSource::Closure(Box::new(closure)),
        span: ast.name.span,
        doc: None,
    }
}

fn by_name(columns: &Arena<Field>) -> FxHashMap<Arc<str>, FieldId> {
    let names = columns
        .iter()
        .map(|(id, column)| (Arc::clone(&column.name), id));
    names.collect()
}

impl<'a> Checker<'a> {
    /// A closure with its rows, worked out of the lists that it names.
    pub(super) fn closure(
        &mut self,
        lists: &Arena<List>,
        id: ListId,
        ast: &'a ast::Closure,
    ) -> List {
        let (unit, doc) = {
            let declared = &self.declarations.lists[id.index()];
            (declared.unit, declared.doc.clone())
        };
        let Some(closure) = self.closure_of(unit, ast) else {
            return lists[id].clone();
        };
        let owned = &self.lists[closure.over.index()].columns[closure.owned];
        let carried: Vec<(&Field, Span)> = closure
            .carries
            .iter()
            .zip(carries(ast))
            .map(|(of, name)| {
                let first = &self.lists[closure.of[0].index()].columns[of[0]];
                (first, name.span)
            })
            .collect();
        let columns = columns(Some(owned), &carried, ast.name.span);
        let ranks = columns.values().map(|it| self.ranks(unit, it.ty));
        let ranks: Vec<u16> = ranks.collect();
        let info = &mut self.lists[id.index()];
        info.by_name = by_name(&columns);
        info.columns = columns.clone();
        info.keys = vec![FieldId::from_index(0)];
        let rows = rows::rows(&self.enums, lists, &closure, &ranks);
        let head = head(ast, columns, closure);
        List::new(ListHead { doc, ..head }, rows)
    }

    /// What a closure says; `None` where something of it is wrong, which is reported.
    fn closure_of(&mut self, unit: UnitId, ast: &'a ast::Closure) -> Option<Closure> {
        let of: Vec<Option<ListId>> = ast
            .of
            .iter()
            .map(|name| self.list_of_closure(unit, name))
            .collect();
        let over = self.list_of_closure(unit, &ast.over);
        let entries = self.closure_entries(ast);
        let bound = entries
            .caught_at
            .and_then(|(op, share)| self.bound(op, share));
        let carries = self.carried_columns(&of, ast, &entries.carries);
        let over = over?;
        let mut column = |name: Option<&'a ast::Name>| self.column_of(over, name?);
        let owner = column(entries.owner);
        let owned = column(entries.owned);
        let share = column(entries.share);
        let of: Option<Vec<ListId>> = of.into_iter().collect();
        let of = of?;
        // Two columns that are wrong in one way are one mistake.
        let owner = owner.filter(|it| self.names_entities(over, *it, entries.owner, &of, ast));
        let owned = owned.filter(|it| {
            let looked_at = owner.is_none() && entries.owner.is_some();
            !looked_at && self.names_entities(over, *it, entries.owned, &of, ast)
        });
        let share = share.filter(|it| self.is_share(over, *it, entries.share));
        // Without a key type the list has its message already.
        let known = |id: &ListId| self.lists[id.index()].key_type().is_some();
        of.iter().all(known).then_some(())?;
        Some(Closure {
            of,
            over,
            owner: owner?,
            owned: owned?,
            share: share?,
            bound: bound?,
            carries: carries?,
        })
    }

    /// A list that is read from a file.
    fn list_of_closure(&mut self, unit: UnitId, name: &ast::Name) -> Option<ListId> {
        let needed = "a list read from a file";
        let is_list = |it| matches!(it, Meaning::List(_));
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::List(id), _)) => Some(id),
            Some((other, declared)) => {
                let (text, span, noun) = (&name.text, name.span, other.noun());
                self.report(errors::wrong_kind(text, span, noun, needed, declared));
                None
            }
            None => {
                let error = self.elsewhere(&name.text, name.span, is_list);
                let near = nearest(&name.text, self.names_in(unit, is_list)).map(str::to_owned);
                self.report(error.unwrap_or_else(|| {
                    errors::unknown_list(&name.text, name.span, near.as_deref())
                }));
                None
            }
        }
    }

    fn closure_entries(&mut self, ast: &'a ast::Closure) -> Entries<'a> {
        let mut entries = Entries::default();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for entry in &ast.entries {
            let word = match &entry.kind {
                ast::ClosureEntryKind::Owner(column) => {
                    entries.owner = entries.owner.or(Some(column));
                    "owner"
                }
                ast::ClosureEntryKind::Owned(column) => {
                    entries.owned = entries.owned.or(Some(column));
                    "owned"
                }
                ast::ClosureEntryKind::Share(column) => {
                    entries.share = entries.share.or(Some(column));
                    "share"
                }
                ast::ClosureEntryKind::CaughtAt { op, share } => {
                    entries.caught_at = entries.caught_at.or(Some((op, share)));
                    "caught at"
                }
                ast::ClosureEntryKind::Carries(column) => {
                    let same = |other: &&&ast::Name| other.text == column.text;
                    if let Some(first) = entries.carries.iter().find(same) {
                        let word = format!("carries {}", column.text);
                        self.report(errors::closure_entry_twice(&word, first.span, entry.span));
                    } else {
                        entries.carries.push(column);
                    }
                    continue;
                }
            };
            if let Some(first) = seen.insert(word, entry.span) {
                self.report(errors::closure_entry_twice(word, first, entry.span));
            }
        }
        let needed = [
            ("owner", "`owner COLUMN`, the column of who holds the share"),
            ("owned", "`owned COLUMN`, the column of what is held"),
            ("share", "`share COLUMN`, the column of the shares"),
            (
                "caught at",
                "`caught at >= 50%`, from which sum on an entity is caught",
            ),
        ];
        let lacking = needed.iter().filter(|(word, _)| !seen.contains_key(word));
        let lacking: Vec<&str> = lacking.map(|(_, what)| *what).collect();
        if !lacking.is_empty() && ast.whole {
            let (name, span) = (&ast.name.text, ast.name.span);
            self.report(errors::closure_lacks(name, span, &lacking));
        }
        entries
    }

    fn bound(&mut self, op: &Spanned<ast::CompareOp>, share: &ast::Expr) -> Option<Bound> {
        let exceeded = match op.value {
            ast::CompareOp::Ge => Some(false),
            ast::CompareOp::Gt => Some(true),
            ast::CompareOp::Eq | ast::CompareOp::Ne | ast::CompareOp::Lt | ast::CompareOp::Le => {
                self.report(errors::closure_operator(op.span, op.value.as_str()));
                None
            }
        };
        let ast::ExprKind::Literal(literal) = &share.kind else {
            return None;
        };
        let (value, ty) = self.literal(literal, share.span, Some(Type::Percent))?;
        let (Value::Number(found), Type::Percent) = (value, ty) else {
            let called = self.called(ty);
            self.report(errors::type_mismatch(
                &called,
                share.span,
                "a percent",
                None,
            ));
            return None;
        };
        let bound = Bound {
            share: found,
            exceeded: exceeded?,
        };
        // What the whole meets and nothing does not.
        if bound.is_met(&Number::zero()) || !bound.is_met(&Number::one()) {
            let catches_all = bound.is_met(&Number::zero());
            self.report(errors::closure_bound(share.span, catches_all));
            return None;
        }
        Some(bound)
    }

    fn column_of(&mut self, list: ListId, name: &ast::Name) -> Option<FieldId> {
        let info = &self.lists[list.index()];
        if let Some(&column) = info.by_name.get(name.text.as_str()) {
            self.note_column(name.span, list, column);
            return (!info.broken.contains(&column)).then_some(column);
        }
        let near = nearest(&name.text, info.by_name.keys().map(|name| &**name));
        let list = &self.declarations.lists[list.index()].source.name().text;
        let error = errors::no_such_column(list, &name.text, name.span, near);
        self.report(error);
        None
    }

    /// Whether a column is of the type of the keys of all lists, and always there.
    fn names_entities(
        &mut self,
        over: ListId,
        column: FieldId,
        name: Option<&ast::Name>,
        of: &[ListId],
        ast: &ast::Closure,
    ) -> bool {
        let Some(name) = name else {
            return false;
        };
        let column = &self.lists[over.index()].columns[column];
        let (ty, declared, optional) = (column.ty, column.span, column.optional);
        for (list, written) in of.iter().zip(&ast.of) {
            let info = &self.lists[list.index()];
            let Some(key) = info.key_type().filter(|key| *key != ty) else {
                continue;
            };
            let needed = match key {
                Type::Text { folded: true } => "texts that are compared folded".to_owned(),
                key => self.called_many(key),
            };
            let found = match ty {
                Type::Text { folded: true } => "text that is compared folded".to_owned(),
                ty => self.called(ty),
            };
            let key = info.key().map(|key| info.columns[key].span);
            self.report(errors::closure_other_key(
                (&found, name.span, declared),
                (&needed, &written.text, key),
            ));
            return false;
        }
        if optional {
            self.report(errors::closure_optional(name.span, declared));
        }
        !optional
    }

    fn is_share(&mut self, over: ListId, column: FieldId, name: Option<&ast::Name>) -> bool {
        let Some(name) = name else {
            return false;
        };
        let column = &self.lists[over.index()].columns[column];
        let (ty, declared, signed) = (column.ty, column.span, column.signed);
        if ty != Type::Percent {
            let called = self.called(ty);
            let error = errors::type_mismatch(&called, name.span, "a percent", None);
            self.report(error.label(declared, "it is declared here").help(
                "declare the column as `percent`, or as `percent of 1` where the file has 0.25 for 25 %",
            ));
        } else if signed {
            self.report(errors::closure_signed(name.span, declared));
        }
        ty == Type::Percent && !signed
    }
}

/// What a closure that is in order takes over.
fn carries(ast: &ast::Closure) -> impl Iterator<Item = &ast::Name> {
    ast.entries.iter().filter_map(|entry| match &entry.kind {
        ast::ClosureEntryKind::Carries(column) => Some(column),
        _ => None,
    })
}

/// The entity, what its owners are, and what it takes over from them, each like the column of a list and with its place.
fn columns(key: Option<&Field>, carried: &[(&Field, Span)], span: Span) -> Arena<Field> {
    let because = Field {
        name: Closure::BECAUSE.into(),
        ty: Type::Text { folded: false },
        optional: false,
        signed: false,
        percent_of_one: false,
        unit: None,
        role: FieldRole::Plain,
        column: Closure::BECAUSE.into(),
        span,
        doc: None,
    };
    let key = Field {
        role: FieldRole::Key,
        ..key.unwrap_or(&because).clone()
    };
    // What is taken over is not known where that of an owner is not.
    let carried = carried.iter().map(|(field, span)| Field {
        optional: true,
        role: FieldRole::Plain,
        column: Arc::clone(&field.name),
        span: *span,
        ..(*field).clone()
    });
    [key, because].into_iter().chain(carried).collect()
}
