#!/bin/sh
# offline_folder.sh FOLDER: collects all that a machine without internet needs to install gongkai,
# semantic search and its model included. Run it in a checkout, on a machine with internet, the same
# Linux and the same version of Python. GONGKAI_MODEL_REPOSITORY may name a mirror of Maven Central.
set -eu

target=${1:?"name a new folder: development/offline_folder.sh /media/usb/gongkai"}
source=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
[ ! -e "$target" ] || { echo "offline_folder.sh: $target exists; name a new folder." >&2; exit 2; }

mkdir -p "$target/wheels"
"$python" -m venv "$target/.build"
trap 'rm -rf "$target/.build"' EXIT
pip="$target/.build/bin/python -m pip --disable-pip-version-check"
# Wheels only: the other machine has no compiler.
lock=requirements-semantic.lock
$pip wheel --quiet --require-hashes --no-deps -r "$source/$lock" -w "$target/wheels"
$pip wheel --quiet --no-deps "$source" -w "$target/wheels"
cp "$source/$lock" "$source/LICENSE" "$target"
cp -R "$source/indexer/sample" "$target/sample"

# The program that was just packed fetches the model, and checks its digests.
$pip install --quiet --no-index --no-deps "$target"/wheels/*.whl
GONGKAI_DATA_DIR="$target/.build" GONGKAI_SEMANTIC_MODEL="$target/model" "$target/.build/bin/gongkai" model fetch

cat > "$target/install.sh" <<'END'
#!/bin/sh
# install.sh [FOLDER]: installs gongkai into FOLDER (/opt/gongkai) without a network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/gongkai}
python=${PYTHON:-python3}
(cd "$here" && sha256sum --quiet --check SHA256SUMS)
"$python" -m venv "$target"
"$target/bin/python" -m pip install --disable-pip-version-check --quiet --no-index --no-deps "$here"/wheels/*.whl
# The server needs no installer.
"$target/bin/python" -m pip --disable-pip-version-check uninstall --quiet --yes pip setuptools
"$target/bin/gongkai" --version
echo "Put the embedding model into the data folder: gongkai model fetch $here/model"
END
chmod +x "$target/install.sh"
rm -rf "$target/.build"
(cd "$target" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
du -sh "$target"
