-- Tries the server in Neovim (0.7 or later), with a policy of two folders. Not part of `cargo test`:
--
--   nvim --headless --clean -l tests/lsp/neovim.lua        (0.9 or later)
--   nvim --headless --clean -c "luafile tests/lsp/neovim.lua"
--
-- INTERDICT is the program; without it, target/debug/interdict.

local program = vim.env.INTERDICT or (vim.fn.getcwd() .. "/target/debug/interdict")
local failed = 0

local function check(what, holds, said)
  print((holds and "ok    " or "FAILED") .. " " .. what .. (holds and "" or ": " .. vim.inspect(said)))
  failed = failed + (holds and 0 or 1)
end

local function write(path, text)
  vim.fn.mkdir(vim.fn.fnamemodify(path, ":h"), "p")
  vim.fn.writefile(vim.split(text, "\n"), path)
end

local root = vim.fn.tempname()
write(root .. "/interdict.toml", "")
write(root .. "/common/common.interdict", [[
record shipment {
  key   shipment_id : text
  as of ship_date   : date
  destination : country?
}
verdicts clear < deny
otherwise clear
set guarded of country = { IR, KP }]])
local file = root .. "/p/rules.interdict"
write(file, [[
policy p { title "p" }
import "../common"
rule far "Far" {
  cites "Order 1"
  when destination in guarded
  then deny
}]])

vim.cmd("edit " .. file)
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "interdict", cmd = { program, "lsp", "--today", "2026-06-01" }, root_dir = root })
assert(id, "the server cannot be started")
vim.lsp.buf_attach_client(buffer, id)
local client = vim.lsp.get_client_by_id(id)
local function until_so(condition)
  return vim.wait(10000, condition, 20)
end
check("starts", until_so(function() return client.initialized end), "not initialized")

local function set(line, text)
  vim.api.nvim_buf_set_lines(buffer, line, line + 1, false, { text })
end
local function messages()
  return vim.diagnostic.get(buffer)
end
local function ask(method, line, character, more)
  local params = vim.tbl_extend("force", {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = { line = line, character = character },
  }, more or {})
  local answer = client.request_sync(method, params, 10000, buffer)
  return answer and answer.result, answer and answer.err
end

set(4, "  when destinaton in guarded")
check("a mistake has its message", until_so(function()
  return #messages() == 1 and messages()[1].code == "E0201"
end), messages())
set(4, "  when destination in guarded")
check("it goes when the mistake does", until_so(function() return #messages() == 0 end), messages())

local hover = ask("textDocument/hover", 4, 24)
check("hover", hover and hover.contents.value:find("2 members") ~= nil, hover)

local definition = ask("textDocument/definition", 4, 24)
check("definition in another file", definition and definition[1].uri:find("common.interdict") ~= nil, definition)

set(4, "  when destination = ")
local items = ask("textDocument/completion", 4, 21, { context = { triggerKind = 1 } })
local china
for _, item in ipairs(items and items.items or {}) do
  if item.label == "CN" then china = item.detail end
end
check("completion has countries with their names", china == "China", china)
set(4, "  when destination in guarded")

local edit, refused = ask("textDocument/rename", 4, 24, { newName = "watched" })
check("rename", edit and vim.tbl_count(edit.changes) == 2, edit or refused)
if edit then
  vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
  check("it is in the text", vim.api.nvim_buf_get_lines(buffer, 4, 5, false)[1] == "  when destination in watched",
    vim.api.nvim_buf_get_lines(buffer, 4, 5, false))
end

local formatting = ask("textDocument/formatting", 0, 0, { options = { tabSize = 2, insertSpaces = true } })
if formatting then
  vim.lsp.util.apply_text_edits(formatting, buffer, client.offset_encoding)
end
check("formatting", vim.api.nvim_buf_get_lines(buffer, 0, -1, false)[6] == "  when  destination in watched",
  vim.api.nvim_buf_get_lines(buffer, 0, -1, false))

client.stop()
check("ends", until_so(function() return client.is_stopped() end), "still there")
vim.fn.delete(root, "rf")
print(failed == 0 and "all well" or (failed .. " failed"))
vim.cmd(failed == 0 and "qall!" or "cquit!")
