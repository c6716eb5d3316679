//! `interdict emit`: each stage of the compiler, as text.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::frontend::Asked;
use super::{Exit, Session, Stop, frontend};
use crate::check::Checked;
use crate::kernel::{Compiled, Listing};
use crate::model::Model;
use crate::{ir, model, plan, syntax};

/// Print a stage of the compiler
///
/// From the text of a policy to machine code: tokens, ast, model, ir, plan, clif, asm.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict emit plan my_policy\n  interdict emit ast --spans my_policy/policy.interdict"
)]
pub struct Emit {
    /// The stage
    #[arg(value_enum)]
    stage: Stage,
    /// Policies: folders with rule files, or rule files
    #[arg(required = true, value_name = "POLICY")]
    paths: Vec<PathBuf>,
    /// With the bytes of each token or node (tokens and ast)
    #[arg(long)]
    spans: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// The words of each file
    Tokens,
    /// The tree of each file
    Ast,
    /// The checked policies, every name resolved
    Model,
    /// Tests, clauses and rule forms
    Ir,
    /// Columns in order, classes, bits
    Plan,
    /// Cranelift's form of the compiled kernel
    Clif,
    /// Its machine code
    Asm,
}

impl Emit {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let text = match self.stage {
            Stage::Tokens | Stage::Ast => {
                let checked = frontend::load(&self.paths, Asked::default())?;
                let text = self.of_files(&checked);
                let failed = checked.has_errors();
                session.out().write_all(text.as_bytes())?;
                session.report(checked.diagnostics, &checked.sources)?;
                return Ok(if failed { Exit::No } else { Exit::Done });
            }
            Stage::Model | Stage::Ir | Stage::Plan | Stage::Clif | Stage::Asm => {
                let Some(model) = frontend::model(&self.paths, Asked::default(), session)? else {
                    return Ok(Exit::No);
                };
                self.of_model(model)?
            }
        };
        session.out().write_all(text.as_bytes())?;
        Ok(Exit::Done)
    }

    /// What there is of each file, even where it has errors; several files with their names.
    fn of_files(&self, checked: &Checked) -> String {
        let mut out = String::new();
        for (id, tree) in &checked.files {
            let file = checked.sources.file(*id);
            if checked.files.len() > 1 {
                out += &format!(
                    "{}# {}\n",
                    if out.is_empty() { "" } else { "\n" },
                    file.name
                );
            }
            out += &match self.stage {
                Stage::Tokens => {
                    let (tokens, _) = syntax::lex::tokenize(*id, &file.text);
                    syntax::print_tokens(&tokens, self.spans)
                }
                _ => syntax::print_ast(tree, self.spans),
            };
        }
        out
    }

    fn of_model(&self, model: Model) -> Result<String, Stop> {
        if self.stage == Stage::Model {
            return Ok(model::print::print(&model));
        }
        let program = ir::lower(&model);
        if self.stage == Stage::Ir {
            return Ok(ir::print(&model, &program));
        }
        let plan = plan::build(Arc::new(model), program);
        if self.stage == Stage::Plan {
            return Ok(plan::print(&plan));
        }
        let listings = Compiled::listings(&plan).map_err(|error| {
            Stop::new(Exit::Io, format!("no code could be compiled: {error}"))
                .help("the portable engine runs instead; see `interdict screen --engine`")
        })?;
        let of_stage = |listing: Listing| match self.stage {
            Stage::Clif => (listing.name, listing.clif),
            _ => (listing.name, listing.asm),
        };
        let functions = listings.into_iter().map(of_stage);
        Ok(functions
            .map(|(name, text)| format!("; {name}\n{}\n\n", text.trim_end()))
            .collect())
    }
}
