// The client: starts `interdict lsp` and leaves everything else to it.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** The program and its arguments, as the settings say. */
function server() {
  const settings = vscode.workspace.getConfiguration("interdict");
  const args = ["lsp"];
  const today = settings.get("today");
  if (today) {
    args.push("--today", today);
  }
  return { command: settings.get("path") || "interdict", args, transport: TransportKind.stdio };
}

async function start() {
  const settings = vscode.workspace.getConfiguration("interdict");
  const options = {
    documentSelector: [{ scheme: "file", language: "interdict" }],
    initializationOptions: { errorPages: settings.get("errorPages") || undefined },
    synchronize: {
      // Rule files, and the files that lists are read from.
      fileEvents: vscode.workspace.createFileSystemWatcher(
        "**/*.{interdict,csv,tsv,jsonl,parquet,xlsx,gz,zst,toml}",
      ),
    },
  };
  client = new LanguageClient("interdict", "Interdict", server(), options);
  try {
    await client.start();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    vscode.window.showErrorMessage(
      `The program \`${server().command}\` cannot be started: ${said}. Set \`interdict.path\` to where it is.`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running && running.isRunning()) {
    await running.stop();
  }
}

async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("interdict.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("interdict")) {
        await restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
