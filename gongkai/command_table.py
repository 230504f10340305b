"""The commands of `gongkai`. Help lists them without loading their modules."""

from typing import NamedTuple


class Command(NamedTuple):
    """The module with a function or app of the command's name, and the first line of its help."""

    module: str
    summary: str


COMMANDS = {
    "init": Command(
        "indexer.commands.init",
        "Write settings, tables, systemd units and an nginx file for a new city.",
    ),
    "pull": Command(
        "indexer.commands.pull",
        "Save the record pages of a portal: only changed ones, and where it stopped the last time.",
    ),
    "inspect": Command(
        "indexer.commands.inspect",
        "Show what is recognised in files: format, columns, first rows. Nothing is indexed.",
    ),
    "index": Command(
        "indexer.commands.index",
        "Index records: add new ones, update existing ones by id.",
    ),
    "slots": Command(
        "indexer.commands.slots",
        "Show which slots of an unfinished rebuild (`index --rebuild --slot`) are done.",
    ),
    "rollback": Command("indexer.commands.index", "Go back to the generation before the live one."),
    "withdraw": Command(
        "indexer.commands.index",
        "Withdraw records at once from every generation; later exports do not bring them back.",
    ),
    "purge": Command(
        "indexer.commands.index",
        "Rewrite the live index and drop all others, so that deleted data leaves the disk.",
    ),
    "embed": Command(
        "indexer.commands.embed",
        "Compute missing and outdated vectors. A stopped run continues where it was.",
    ),
    "model": Command("indexer.commands.model", "Fetch or show the model of semantic search."),
    "serve": Command("search_api.commands.serve", "Serve the pages and the API until stopped."),
    "search": Command("search_api.commands.search", "Search like the public pages."),
    "explain": Command(
        "search_api.commands.search",
        "Print the score that each weight of relevance.toml gives a record for this query.",
    ),
    "evaluate": Command(
        "search_api.commands.evaluate",
        "Print nDCG@10, MRR@10 and Recall@100 of judged queries for each ranking profile.",
    ),
    "verify": Command(
        "search_api.commands.verify",
        "Search for each record's title, document number and index number; list the failures.",
    ),
    "check": Command(
        "indexer.commands.check",
        "List problems of tables and dictionaries with file and line, and generations to rebuild.",
    ),
    "doctor": Command(
        "indexer.commands.doctor",
        "Check all bytes of the index, the ledgers and the disk, and say what to do.",
    ),
    "duplicates": Command(
        "search_api.commands.duplicates",
        "List clusters of duplicate records, without those that staff have decided.",
    ),
    "stats": Command(
        "search_api.commands.stats",
        "Count the records of one year by publisher, class and month, and days until publication.",
    ),
    "token": Command("search_api.commands.token", "Manage the tokens of staff."),
    "apikey": Command(
        "search_api.commands.apikey",
        "Create a key for the API, and print the row for api_keys.csv.",
    ),
    "mcp": Command(
        "search_api.commands.mcp",
        "Offer a server's search to language models (MCP on standard input and output).",
    ),
    "replica": Command("indexer.commands.replica", "Copy a portal's public index to this machine."),
    "backup": Command(
        "indexer.commands.backup",
        "Copy records, withdrawals, decisions, tokens, jobs and logs of staff; takes no lock.",
    ),
    "restore": Command(
        "indexer.commands.backup",
        "Check a backup, build its index, switch to it, and merge the ledgers.",
    ),
    "status": Command(
        "indexer.commands.status",
        "Print engine, generations, records, size, dictionary version and health.",
    ),
    "settings": Command(
        "indexer.commands.settings",
        "Show every setting with its value and source: default, file and line, or variable.",
    ),
    "tables": Command("indexer.commands.tables", "Write, convert and check the tables of a city."),
}
