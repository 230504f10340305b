"""Decides which stored records a run may change: those of some agencies, or all."""

from collections.abc import Collection, Mapping

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import GenerationWriter
from indexer.run_register import Place, RunRegister


class OwnRecords:
    """The records of some publishers, and those that the run itself has written; None for all.

    `withdrawn` are the withdrawn ids with their causes.
    """

    def __init__(
        self,
        writer: GenerationWriter,
        register: RunRegister,
        withdrawn: Mapping[str, str],
        publishers: Collection[str] | None = None,
    ) -> None:
        self._writer = writer
        self._register = register
        self.withdrawn = withdrawn
        self._publishers = publishers

    def may_write(self, record_id: str) -> bool:
        """Whether this id is free, or has an own record.

        With publishers, the id of a withdrawn record is not free: the ledger does not tell whose it
        was.
        """
        if self._publishers is None:
            return True
        is_free = not self._writer.contains(record_id) and record_id not in self.withdrawn
        return is_free or self.contains(record_id)

    def contains(self, record_id: str) -> bool:
        """Whether an own record has this id; one that the generation does not have is not own."""
        if self._publishers is None or self._register.get(record_id) is not None:
            return True
        stored = self._writer.stored(record_id)
        return stored is not None and decode_record(stored).publisher in self._publishers

    def split(self, closed: Mapping[str, Place]) -> tuple[dict[str, Place], dict[str, Place]]:
        """Returns the closed records that are own, and the others."""
        own = {key: place for key, place in closed.items() if self.contains(key)}
        return own, {key: place for key, place in closed.items() if key not in own}
