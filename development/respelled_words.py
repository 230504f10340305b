"""Writes the words of jieba's dictionary that normalization changes, for a faster start.

    python -m development.respelled_words

Needed after an update of jieba, and after a change of normalization.
"""

from pathlib import Path

import analyzers
from analyzers.jieba_dictionary import RESPELLED, find_respelled_words, hash_dictionary


def main() -> None:
    """Writes the file of the package."""
    rows = [hash_dictionary().hexdigest()]
    rows += [f"{word} {frequency}" for word, frequency in find_respelled_words()]
    path = Path(str(analyzers.__file__)).with_name(RESPELLED)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
