# SPDX-License-Identifier: Apache-2.0
"""``python -m hgcn``: the command line, where its script is not on the path."""

from hgcn.cli import main

if __name__ == "__main__":
    main()
