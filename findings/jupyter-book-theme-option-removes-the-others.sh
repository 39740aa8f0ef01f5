#!/usr/bin/env bash
# A book has a button for its repository, launch buttons and a footer. One more option of the theme is set.
#
# Package: jupyter-book 1.0.4.post1 (PyPI)
# Expected: The option is added to those that `_config.yml` sets by keys of its own; what contradicts them would be refused or win.
# Really: `html_theme_options` under `sphinx.config` takes the place of the whole: the address of the repository, every button and the footer are gone, without a word. With `recursive_update: true` beside it the option is added.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install jupyter-book==1.0.4.post1

mkdir "$box/book"
cd "$box/book"
printf 'format: jb-book\nroot: index\n' > _toc.yml
printf '# Locks\n' > index.md
cat > plain.yml <<'END'
title: Locks
repository: {url: "site:locks"}
launch_buttons: {thebe: true}
html: {use_repository_button: true, extra_footer: Thanks}
END
option='config: {html_theme_options: {show_navbar_depth: 2}}'
seen=$(
	for extra in '' "sphinx: {$option}" "sphinx: {recursive_update: true, $option}"; do
		{ cat plain.yml; echo "$extra"; } > _config.yml
		"$box/venv/bin/jupyter-book" config sphinx . > "$box/log" 2>&1
		echo "${extra:-nothing more}:"
		python3 -c 'import runpy
options = runpy.run_path("conf.py")["html_theme_options"]
print("  ", *sorted(key for key, value in options.items() if value))'
	done
)
printf '%s\n' "$seen"
[ "$seen" = "nothing more:
   analytics extra_footer home_page_in_toc launch_buttons repository_branch repository_url search_bar_text use_repository_button
sphinx: {config: {html_theme_options: {show_navbar_depth: 2}}}:
   show_navbar_depth
sphinx: {recursive_update: true, config: {html_theme_options: {show_navbar_depth: 2}}}:
   analytics extra_footer home_page_in_toc launch_buttons repository_branch repository_url search_bar_text show_navbar_depth use_repository_button" ] || { echo "This has changed." >&2; exit 1; }
