"""What each code outside the checker and the parser means, and how to mend it: `lot explain` prints both.

LOT-E06xx are about running and the command line, LOT-E07xx about models. A code has one meaning and keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, tuple[str, str]] = {
    "LOT-E0601": (
        "A file is no journal of a run, or of another version.",
        "Name a file that `lot run` has written, by this version.",
    ),
    "LOT-E0602": (
        "A journal is damaged.",
        "Run the program again; nothing of a damaged journal is believed.",
    ),
    "LOT-E0603": (
        "A constant, a default or a given value fails when it is computed, before the run.",
        "Mend the constant, or the value that an example gives: the message says how it failed.",
    ),
    "LOT-E0604": (
        "A replayed program asks something else than when it was recorded.",
        "Run the program anew, or go back to the version that was recorded.",
    ),
    "LOT-E0605": (
        "Nothing answers a tool, an index or a logic of the program; an example can stand in for it.",
        "Give its replies in an example, by `given`.",
    ),
    "LOT-E0611": (
        "A word of the command line is no `KEY=VALUE`.",
        "Write `key=text`, `key:=JSON`, `key=@file` or `key=-`.",
    ),
    "LOT-E0612": (
        "A file or standard input can't be read, is too large, or is not UTF-8 text.",
        "Check the path; save the file as UTF-8; give a smaller one.",
    ),
    "LOT-E0613": (
        "An argument is not of the parameter's type.",
        "Write a value of the type that the help line names; lists and records as JSON, `key:=[1, 2]`.",
    ),
    "LOT-E0614": (
        "There is no parameter or memory of that name.",
        "Write one of the names that the help line lists.",
    ),
    "LOT-E0615": (
        "There is no such function, or none is meant.",
        "Call a function `main`, or name one: `lot run FILE:FUNCTION`.",
    ),
    "LOT-E0616": (
        "A parameter without a default is given no value.",
        "Add `key=…`, or give the parameter a default.",
    ),
    "LOT-E0617": (
        "The disk or its permissions stand in the way.",
        "Free space, or mend the permissions of the path that is named.",
    ),
    "LOT-E0618": (
        "A model is not here yet.",
        "Type `lot model get NAME`.",
    ),
    "LOT-E0619": (
        "There is no run to explain.",
        "Run a program first, or name a journal: `lot why FILE`.",
    ),
    "LOT-E0620": (
        "From Python: the run ended in a failure, which the message names.",
        "Catch the failure where the program expects it, or see the page of failures.",
    ),
    "LOT-E0621": (
        "`lot init` would overwrite a file.",
        "Name a new folder, `lot init mine`, or move the file away.",
    ),
    "LOT-E0641": (
        "The file that keeps a memory can't be opened, read or written, or is damaged.",
        "See that its folder is there and can be written; of a damaged file take a copy back, or name another one.",
    ),
    "LOT-E0642": (
        "The file that keeps a memory holds something else: another program's data, or values of another type.",
        "Name another file, or declare the memory as it is in the file.",
    ),
    "LOT-E0643": (
        "A memory that a file keeps is given on the command line.",
        "Write to it in the program, or leave `kept in` out.",
    ),
    "LOT-E0644": (
        "A program has changed since the run that is to be replayed.",
        "Go back to what the program was, or run it afresh.",
    ),
    "LOT-E0645": (
        "A run can't be replayed: it is of the REPL or of a text, of an older version, or its program is not there.",
        "Run the program of a file afresh; its journal can be replayed.",
    ),
    "LOT-E0648": (
        "`lot why --atom` names what no deduction of the run has, or what is no atom.",
        "Write the atom as logic has it, as in `--atom 'sits(\"Ann\", 2)'`; `lot why` lists the deductions.",
    ),
    "LOT-E0651": (
        "A file, a folder or a document can't be read into an index.",
        "Mend the file and line that are named; nothing of it was left out in silence.",
    ),
    "LOT-E0652": (
        "The file of an index can't be opened, read or written, or is damaged.",
        "See that its folder is there and can be written; build a damaged one again from its documents.",
    ),
    "LOT-E0653": (
        "An index was made by another model, by an older version or with other passages.",
        "Build the index again.",
    ),
    "LOT-E0654": (
        "An embedder gives what are no vectors: of another size, or with numbers that are not finite.",
        "Take another embedder; what was there before is as it was.",
    ),
    "LOT-E0655": (
        "A command is not told which index it is about, or that one is not there.",
        "Name a file or a folder with `KEY=VALUE` as in `hnsw(…)`, or an index of a program as `PROGRAM:INDEX`.",
    ),
    "LOT-E0656": (
        "Where an index should lie is another program's file, or an index of a newer version.",
        "Move the file away: it is never changed or removed from here.",
    ),
    "LOT-E0701": (
        "The folder of models can't be written, or there is no home folder.",
        "Set `LOT_HOME` to a folder that can be written.",
    ),
    "LOT-E0702": (
        "The disk is full.",
        "Free as much space as the message says.",
    ),
    "LOT-E0703": (
        "There is no model of that name.",
        "`lot model list` lists the names; `lot model add` makes new ones.",
    ),
    "LOT-E0704": (
        "Roles for a model without a chat template, or whose template has no place for them.",
        "Take a model with a chat template, or write the prompt without role lines.",
    ),
    "LOT-E0705": (
        "What stands after a model's name is no recipe: no such precision, key or value.",
        "Write `NAME:PRECISION?key=value` with what `lot model info` lists.",
    ),
    "LOT-E0706": (
        "The weights are not of a kind of which a recipe can be made: `int4-exact` of what has no blocks of 4 bits.",
        "Choose another precision, or weights of the kind that it needs.",
    ),
    "LOT-E0707": (
        "A LoRA adapter can't be merged: more than a sum of matrices, other modules, or made for another model.",
        "Take an adapter of plain LoRA, made for this model.",
    ),
    "LOT-E0711": (
        "The package index or the hub can't be reached, or the download stopped.",
        "Check the network and try again: what is there already is not fetched twice.",
    ),
    "LOT-E0712": (
        "The package index does not have the model, or can't be asked.",
        "Check the address of the index and its password.",
    ),
    "LOT-E0713": (
        "What came is not the expected file.",
        "Try again; if it stays so, the file was changed at its source.",
    ),
    "LOT-E0714": (
        "The hub has no such model, revision or file, or it is private; or one of several GGUF files is to be chosen.",
        "Check owner, name and revision; name one file of several, `hf:owner/name/file.gguf`.",
    ),
    "LOT-E0715": (
        "The owner of a model on the hub asks for consent before it is fetched.",
        "Give the consent on the model's page, and set `HF_TOKEN`.",
    ),
    "LOT-E0721": (
        "A model file is not there or can't be read.",
        "Check the path and its permissions.",
    ),
    "LOT-E0722": (
        "A model is of a kind that is not supported, or lacks parts; the message says which.",
        "Take a model of a family that docs/spec/models.md lists, or try `lot model export`.",
    ),
    "LOT-E0723": (
        "A model's tokenizer is not supported, or damaged.",
        "Take a model whose tokenizer is BPE, with its `tokenizer.json`.",
    ),
    "LOT-E0724": (
        "A built model is damaged.",
        "Type `lot model rm NAME`, and `lot model get NAME` again.",
    ),
    "LOT-E0731": (
        "A name that a model of your own can't have: taken, or no name.",
        "Choose a name that is not taken, of small letters, digits, `-` and `.`.",
    ),
    "LOT-E0732": (
        "Your catalogue of models is damaged or can't be read.",
        "Mend the file that is named, or remove it and add the models again.",
    ),
    "LOT-E0741": (
        "The environment that exports models can't be made: no network, no disk, no `venv`.",
        "See what the message lacks: the network, space, or the package `venv`.",
    ),
    "LOT-E0742": (
        "A model can't be exported, or its graph remembers in a way that is not known.",
        "Take another model: this one's graph can't be run here.",
    ),
    "LOT-E0629": (
        "There is no code of that name to explain.",
        "Copy the code from the message, or let `lot explain` list all.",
    ),
    "LOT-E0630": (
        "A program can't be formatted without changing what it says; the file stays as it is.",
        "Send us the program: this is a fault of `lot fmt`.",
    ),
    "LOT-E0622": (
        "What stands after `--allow` is no leave for a tool of the program.",
        "Write the tool, as in `--allow write_file` or `--allow 'write_file(\"out/\")'`.",
    ),
    "LOT-E0623": (
        "What stands after `--without` is nothing that a run can do without.",
        "Write one of the words that the help line lists, or several with commas between.",
    ),
    "LOT-E0631": (
        "`:undo`, and nothing was changed before.",
        "What only shows something, or failed, changed nothing, so there is nothing to take back.",
    ),
    "LOT-E0632": (
        "There is no such command of the REPL, or it takes something else.",
        "`:help` lists the commands and what each takes.",
    ),
    "LOT-E0999": (
        "A defect of LotteryLang. What to send us is in the file that the message names.",
        "Send the file that the message names; nothing of yours is at fault.",
    ),
}
"""Every such code: its meaning, and what to do."""
