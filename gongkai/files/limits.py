"""The bounds that keep one hostile or broken file from taking the machine. Used by every reader."""

MIB = 1 << 20

# One row. The longest real one known here (a work report with its annexes) is under 1 MB; the
# rest is room for pages with pictures inside.
MAX_ROW_BYTES = 32 * MIB
# Read ahead at most so much to tell UTF-8 from GB18030.
SAMPLE_BYTES = 1 * MIB
# Real catalogs pack 10 to 60 times, zeros about 1,000 times; small files may pack as they like.
MAX_PACKING_RATIO = 200
RATIO_APPLIES_FROM = 64 * MIB
# Elements of a DOCX cost more than their bytes, and ten times as much text needs no less.
DOCX_RATIO_APPLIES_FROM = 8 * MIB
# openpyxl holds a workbook's shared strings in memory.
MAX_WORKBOOK_BYTES = 1024 * MIB
# The last row of a spreadsheet, by the XLSX format.
MAX_SPREADSHEET_ROWS = 1_048_576
# A cell far to the right fills its row with empty ones: a few such rows are a slip, many an attack.
WIDE_ROW_CELLS = 1_000
MAX_WIDE_ROWS = 100
# A title and notes may stand above the headings, but not more rows than this.
HEADER_WITHIN_ROWS = 20

# Text extraction, for each file, in a process of its own. The longest readable file known here (a
# yearbook of 1,300 pages) takes 6 s of processor time and 200 MB.
MAX_TEXT_FILE_BYTES = 128 * MIB
MAX_TEXT_CHARACTERS = 2_000_000
EXTRACTION_CPU_SECONDS = 20
# Wall-clock time includes waiting for a slow disk or a busy machine.
EXTRACTION_WALL_SECONDS = 60
EXTRACTION_MEMORY_BYTES = 768 * MIB
# A process is replaced after so many files, whatever state they left it in.
EXTRACTION_FILES_PER_WORKER = 200
# A merged area each second row of a long table; more are an attack.
MAX_MERGED_AREAS = 500_000
