"""Run the command line as ``python -m sitemap_cli``."""

from sitemap_cli.cli.framework.app import main

if __name__ == "__main__":
    main()
