"""Limits that keep one hostile or broken file from exhausting the machine."""

MIB = 1 << 20

# One row. The longest known real row (a work report with annexes) is under 1 MB; the rest allows
# for pages with embedded images.
MAX_ROW_BYTES = 32 * MIB
# Bytes read ahead to tell UTF-8 from GB18030.
SAMPLE_BYTES = 1 * MIB
# Real catalogs compress 10 to 60 times, zeros about 1,000 times. Small files may have any ratio.
MAX_PACKING_RATIO = 200
RATIO_APPLIES_FROM = 64 * MIB
# Elements of a DOCX cost more than their bytes, and ten times as much text costs the same.
DOCX_RATIO_APPLIES_FROM = 8 * MIB
# openpyxl holds the shared strings of a workbook in memory.
MAX_WORKBOOK_BYTES = 1024 * MIB
# The last row of a spreadsheet in the XLSX format.
MAX_SPREADSHEET_ROWS = 1_048_576
# A cell far to the right fills its row with empty cells. A few such rows are a mistake, many are an
# attack.
WIDE_ROW_CELLS = 1_000
MAX_WIDE_ROWS = 100
# A title and notes may precede the headings, but in no more rows than this.
HEADER_WITHIN_ROWS = 20

# Text extraction of each file in a process of its own. The longest known readable file (a yearbook
# of 1,300 pages) takes 6 s of processor time and 200 MB.
MAX_TEXT_FILE_BYTES = 128 * MIB
MAX_TEXT_CHARACTERS = 2_000_000
EXTRACTION_CPU_SECONDS = 20
# Wall-clock time includes waiting for a slow disk or a busy machine.
EXTRACTION_WALL_SECONDS = 60
EXTRACTION_MEMORY_BYTES = 768 * MIB
# A process is replaced after this many files, whatever its state.
EXTRACTION_FILES_PER_WORKER = 200
# Recognition of scans (OCR). A dense page of A4 takes 6 s of processor time and 1 GB; further pages
# are not read.
MAX_OCR_PAGES = 50
OCR_CPU_SECONDS = 900
OCR_WALL_SECONDS = 1_800
OCR_MEMORY_BYTES = 1536 * MIB
# A sheet of A3 at 600 dpi.
MAX_IMAGE_PIXELS = 80_000_000
# One merged area in every second row of a long table; more are an attack.
MAX_MERGED_AREAS = 500_000
