/* SPDX-License-Identifier: Apache-2.0 */
(function () {
    "use strict";
    const one = (query, root) => (root || document).querySelector(query);
    const all = (query, root) =>
        Array.from((root || document).querySelectorAll(query));
    const event = one("#event");
    const canton = one("#canton");
    const panel = one("#panel");
    const cards = all(".rules .rule");
    const card = new Map(cards.map((rule) => [rule.dataset.rule, rule]));
    let opener = null;

    document.documentElement.classList.add("scripted");

    function isShown(rule) {
        const data = rule.dataset;
        const lane = one("input[value='" + data.row + "']");
        if (lane && !lane.checked)
            return false;
        if (event.value && !data.events.split(" ").includes(event.value))
            return false;
        return !canton.value || !data.canton || data.canton === canton.value;
    }

    function filter() {
        const shown = new Set(cards.filter(isShown).map((rule) =>
            rule.dataset.rule));
        cards.forEach((rule) => {
            rule.hidden = !shown.has(rule.dataset.rule);
        });
        all("main .chip[data-rule]").forEach((chip) => {
            chip.hidden = !shown.has(chip.dataset.rule);
        });
        all(".matrix td").forEach((cell) => {
            const full = one(".chip:not([hidden])", cell) !== null;
            cell.classList.toggle("full", full);
            cell.classList.toggle("blank", !full);
        });
        one("#count").textContent = shown.size + " of " + cards.length +
            " rules";
    }

    function heading(cell) {
        const from = one("th", cell.parentNode);
        const to = all(".matrix thead th")[cell.cellIndex];
        one("h2", panel).textContent = one("b", from).textContent + " \u2192 " +
            one("b", to).textContent;
        one("p", panel).textContent = one("small", from).textContent +
            " tells " + one("small", to).textContent;
    }

    function close() {
        panel.hidden = true;
        all(".matrix td.open").forEach((cell) => cell.classList.remove("open"));
        if (opener)
            opener.focus();
        opener = null;
    }

    function open(cell, focus) {
        const list = one(".cards", panel);
        all(".matrix td.open").forEach((other) =>
            other.classList.remove("open"));
        cell.classList.add("open");
        heading(cell);
        list.replaceChildren();
        all(".chip:not([hidden])", cell).forEach((chip) => {
            const copy = card.get(chip.dataset.rule).cloneNode(true);
            copy.removeAttribute("id");
            copy.hidden = false;
            list.append(copy);
        });
        panel.hidden = false;
        panel.scrollTop = 0;
        if (focus)
            one("button", panel).focus();
    }

    one(".matrix").addEventListener("click", (click) => {
        const cell = click.target.closest("td.full");
        if (!cell)
            return;
        click.preventDefault();
        opener = one(".chip:not([hidden])", cell);
        history.replaceState(null, "", "#" + cell.id);
        open(cell, true);
    });
    one("button", panel).addEventListener("click", close);
    document.addEventListener("keydown", (key) => {
        if (key.key === "Escape" && !panel.hidden)
            close();
    });
    panel.addEventListener("click", (click) => {
        if (click.target.closest("a[href^='#']"))
            close();
    });
    one("#reset").addEventListener("click", () => {
        event.value = "";
        canton.value = "";
        all(".legend input").forEach((lane) => {
            lane.checked = true;
        });
        filter();
    });
    all("select, .legend input").forEach((input) =>
        input.addEventListener("change", filter));

    filter();
    const cell = location.hash &&
        document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (cell && cell.matches("td.full"))
        open(cell, false);
}());
