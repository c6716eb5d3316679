//! Built-in functions and defines with parameters.

use super::arith::sum;
use super::names::arguments;
use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::diagnostic::nearest;
use crate::domain::MAX_ROUND_DIGITS;
use crate::model::{Builtin, Expr, ExprKind, Type};
use crate::syntax::ast;
use crate::text::Span;

/// All functions of the language, for suggestions.
const FUNCTIONS: [&str; 8] = [
    "abs",
    "assume",
    "days_between",
    "max",
    "min",
    "round",
    "share",
    "year",
];

impl<'a> ExprChecker<'_, 'a> {
    pub(super) fn call(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        args: &'a [ast::Expr],
        want: Option<Type>,
    ) -> Option<Expr> {
        let declared = self.checker.meaning(self.unit, &function.text);
        if let Some((_, declared)) = declared {
            self.checker.note(function.span, declared);
        }
        if let Some((Meaning::Define(at) | Meaning::Table(at) | Meaning::Aggregate(at), declared)) =
            declared
        {
            return self.call_define(span, function, at, declared, args);
        }
        if let Some((Meaning::FileTable(id), _)) = declared {
            return self.file_table(span, (function, id), args, None);
        }
        match function.text.as_str() {
            "round" => self.round(span, function, args, want),
            "assume" => self.assume(span, function, args, want),
            "abs" => {
                let [of] = self.exactly(function, args)?;
                let of = self.number_of(of, "abs", want)?;
                let ty = of.ty;
                Some(make(ExprKind::Call(Builtin::Abs, vec![of]), ty, span))
            }
            "min" => self.least_or_most(span, function, Builtin::Min, args, want),
            "max" => self.least_or_most(span, function, Builtin::Max, args, want),
            "days_between" => {
                let [from, to] = self.exactly(function, args)?;
                let from = self.expect(from, Type::Date, Some(function.span));
                let to = self.expect(to, Type::Date, Some(function.span));
                let kind = ExprKind::Call(Builtin::DaysBetween, vec![from?, to?]);
                Some(make(kind, Type::Int, span))
            }
            "year" => {
                let [of] = self.exactly(function, args)?;
                let of = self.expect(of, Type::Date, Some(function.span))?;
                let kind = ExprKind::Call(Builtin::Year, vec![of]);
                Some(make(kind, Type::Int, span))
            }
            "share" => self.share(span, function, args),
            "sum" if declared.is_none() => {
                self.report(errors::aggregate_without_list("sum", function.span))
            }
            _ => self.unknown_function(function, declared),
        }
    }

    fn unknown_function(
        &mut self,
        function: &ast::Name,
        declared: Option<(Meaning, Span)>,
    ) -> Option<Expr> {
        let (name, span) = (&function.text, function.span);
        if let Some((meaning, declared)) = declared {
            let error = match meaning {
                Meaning::Param(_) => errors::not_a_define(name, span, declared),
                _ => errors::wrong_kind(name, span, meaning.noun(), "a function", declared),
            };
            return self.report(error);
        }
        let record = self.checker.record(self.unit);
        if let Some(field) = record.and_then(|it| it.by_name.get(&**name)) {
            let declared = record?.fields[*field].span;
            return self.report(errors::not_a_define(name, span, declared));
        }
        let is_define = |it| {
            matches!(
                it,
                Meaning::Define(_) | Meaning::Table(_) | Meaning::FileTable(_)
            )
        };
        if let Some(error) = self.checker.elsewhere(name, span, is_define) {
            return self.report(error);
        }
        let defines = self.checker.names_in(self.unit, is_define);
        let near = nearest(name, defines.chain(FUNCTIONS)).map(str::to_owned);
        self.report(errors::unknown_function(name, span, near.as_deref()))
    }

    /// So many arguments, no more and no less.
    fn exactly<const N: usize>(
        &mut self,
        function: &ast::Name,
        args: &'a [ast::Expr],
    ) -> Option<[&'a ast::Expr; N]> {
        let all: Vec<&'a ast::Expr> = args.iter().collect();
        match <[&'a ast::Expr; N]>::try_from(all) {
            Ok(args) => Some(args),
            Err(_) => self.report(errors::wrong_arguments(
                &function.text,
                function.span,
                &arguments(N),
                args.len(),
                None,
            )),
        }
    }

    /// An argument that is a number.
    fn number_of(
        &mut self,
        ast: &'a ast::Expr,
        function: &str,
        want: Option<Type>,
    ) -> Option<Expr> {
        let expr = self.expr(ast, want)?;
        if expr.ty.is_number() {
            return Some(expr);
        }
        let found = self.called(expr.ty);
        let needed_by = format!("`{function}`");
        self.report(errors::not_a_number(expr.span, &found, &needed_by))
    }

    fn least_or_most(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        builtin: Builtin,
        args: &'a [ast::Expr],
        want: Option<Type>,
    ) -> Option<Expr> {
        if args.len() < 2 {
            return self.report(errors::wrong_arguments(
                &function.text,
                function.span,
                "two arguments or more",
                args.len(),
                None,
            ));
        }
        // Literals take the kind of the first argument that has one of its own.
        let mut hint = want;
        let first = args.iter().position(|arg| !self.is_open(arg));
        let mut checked: Vec<Option<Expr>> = args.iter().map(|_| None).collect();
        let rest = (0..args.len()).filter(|at| Some(*at) != first);
        for at in first.into_iter().chain(rest).collect::<Vec<_>>() {
            checked[at] = self.number_of(&args[at], &function.text, hint);
            if Some(at) == first {
                hint = checked[at].as_ref().map(|arg| arg.ty);
            }
        }
        let checked = checked.into_iter().collect::<Option<Vec<Expr>>>()?;
        let mut ty = checked[0].ty;
        for arg in &checked[1..] {
            match sum(ty, arg.ty) {
                Some(both) => ty = both,
                None => {
                    let error = self.cannot_meet(&checked[0], arg);
                    return self.report(error);
                }
            }
        }
        Some(make(ExprKind::Call(builtin, checked), ty, span))
    }

    /// `share(a, b)`: of two counts; amounts and masses divide to a percent by themselves.
    fn share(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        args: &'a [ast::Expr],
    ) -> Option<Expr> {
        let [part, whole] = self.exactly(function, args)?;
        let (part, whole) = (
            self.number_of(part, "share", None),
            self.number_of(whole, "share", None),
        );
        let (part, whole) = (part?, whole?);
        for arg in [&part, &whole] {
            if !matches!(arg.ty, Type::Int | Type::Decimal) {
                let found = self.called(arg.ty);
                return self.report(errors::share_of_amounts(arg.span, &found));
            }
        }
        let kind = ExprKind::Call(Builtin::Share, vec![part, whole]);
        Some(make(kind, Type::Percent, span))
    }

    fn round(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        args: &'a [ast::Expr],
        want: Option<Type>,
    ) -> Option<Expr> {
        let [of, digits] = self.exactly(function, args)?;
        let of = self.number_of(of, "round", want);
        let digits = self.digits(digits);
        let (of, digits) = (of?, digits?);
        let ty = of.ty;
        Some(make(ExprKind::Round(Box::new(of), digits), ty, span))
    }

    /// The second argument of `round`.
    fn digits(&mut self, ast: &ast::Expr) -> Option<i32> {
        let (sign, inner) = match &ast.kind {
            ast::ExprKind::Neg(inner) => (-1, &**inner),
            _ => (1, ast),
        };
        let ast::ExprKind::Literal(ast::Literal::Number(number)) = &inner.kind else {
            let what = "the number of digits to round to";
            return self.report(errors::literal_needed(ast.span, what, "`2`"));
        };
        match number.digits.parse::<i32>() {
            Ok(digits) if digits <= MAX_ROUND_DIGITS => Some(sign * digits),
            Ok(_) | Err(_) => {
                let why =
                    format!("`round` goes to a whole number of digits, at most {MAX_ROUND_DIGITS}");
                self.report(errors::number_out_of_range(ast.span, &why))
            }
        }
    }

    fn assume(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        args: &'a [ast::Expr],
        want: Option<Type>,
    ) -> Option<Expr> {
        let [of, instead, why] = self.exactly(function, args)?;
        let of = self.expr(of, want);
        let reason = match &why.without_parentheses().kind {
            ast::ExprKind::Literal(ast::Literal::Str(reason)) => Some(reason.as_str().into()),
            ast::ExprKind::Error => None,
            _ => {
                let what = "the reason of `assume`";
                self.report(errors::literal_needed(
                    why.span,
                    what,
                    "`\"none declared\"`",
                ))
            }
        };
        let of = of?;
        let instead = self.expect(instead, of.ty, Some(of.span))?;
        let ty = of.ty;
        let kind = ExprKind::Assume(Box::new(of), Box::new(instead), reason?);
        Some(make(kind, ty, span))
    }

    fn call_define(
        &mut self,
        span: Span,
        function: &'a ast::Name,
        at: usize,
        declared: Span,
        args: &'a [ast::Expr],
    ) -> Option<Expr> {
        let source = self.checker.declarations.defines[at].formula;
        let Some(parameters) = source.params() else {
            let error = errors::not_a_define(&function.text, function.span, declared);
            return self.report(error);
        };
        if parameters.len() != args.len() {
            let needed = arguments(parameters.len());
            return self.report(errors::wrong_arguments(
                &function.text,
                function.span,
                &needed,
                args.len(),
                Some(declared),
            ));
        }
        let info = self.checker.defines[at].as_ref()?;
        let (id, ty) = (info.id, info.ty);
        let types: Vec<Type> = info.parameters.iter().map(|it| it.ty).collect();
        let checked: Vec<Option<Expr>> = args
            .iter()
            .zip(types)
            .zip(parameters)
            .map(|((arg, ty), parameter)| self.expect(arg, ty, Some(parameter.ty.span)))
            .collect();
        let checked = checked.into_iter().collect::<Option<Vec<Expr>>>()?;
        Some(make(ExprKind::Define(id, checked), ty, span))
    }
}
