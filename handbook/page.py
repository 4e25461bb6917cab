"""The page: every part in its order, and everything it needs inside."""

import base64
import json
from dataclasses import asdict
from html import escape
from pathlib import Path

from generators import __version__, tables
from handbook import calculator
from handbook.documents import part, parts
from handbook.html import folded, markdown, section, table, wide
from pictures import command as pictures
from pictures import dashboard, flow
from pipeline.outline import order, outline, stages
from serverlessapp.capacity.costs import dollars, prices
from serverlessapp.template.parameters import Json

ASSETS = Path(__file__).resolve().parent / "assets"
PARTS = {
    "architecture": "Architecture",
    "processors": "Processors",
    "parameters": "Parameters",
    "outputs": "Outputs",
    "permissions": "Permissions",
    "alarms": "Alarms",
    "costs": "Costs",
}


def write(path: Path, docs: Path = pictures.DOCS) -> None:
    """Write the page.

    Args:
        path: Where to; its folder is made.
        docs: Folder of the documentation.

    Raises:
        MissingPartError: A page of the documentation lacks what is shown.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(docs), encoding="utf-8")


def render(docs: Path = pictures.DOCS) -> str:
    """Return the page."""
    template = tables.template()
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in PARTS.items())
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',  # or a browser asks for one
            f"<title>ServerlessApp {__version__}</title>",
            f"<style>{asset('style.css')}</style></head><body>",
            '<a class="skip" href="#main">To the content</a>',
            f'<header><h1>ServerlessApp {__version__}</h1><p class="faint">'
            f"{escape(template['Description'].partition(': ')[2])}</p></header>",
            f'<nav aria-label="Parts"><ul>{links}</ul></nav><main id="main">',
            architecture(template, docs),
            processors(docs),
            section("parameters", "Parameters", markdown(tables.parameters(), "The form")),
            section(
                "outputs",
                "Outputs",
                "<p>Each is exported as the stack's name, a hyphen and its own.</p>",
                markdown(tables.outputs(), "All outputs"),
            ),
            permissions(docs),
            alarms(template, text(docs / "operations.md")),
            costs(template),
            f"</main><script>{asset('calculator.js')}</script></body></html>\n",
        ]
    )


def asset(name: str) -> str:
    """Return the content of a file that the page carries."""
    return (ASSETS / name).read_text(encoding="utf-8")


def text(path: Path) -> str:
    """Return the content of a page of the documentation."""
    return path.read_text(encoding="utf-8")


def architecture(template: Json, docs: Path) -> str:
    """Return the pictures, and in words what they show."""
    rows = [
        (
            escape(step.source.replace(" ", ", ")),
            escape(step.target.replace(" ", ", ")),
            escape(step.label) + (" (optional)" if step.condition else ""),
        )
        for step in flow.steps(flow.template())
    ]
    flow_words = "The flow of a file; the table below has it in words"
    dashboard_image = dashboard.draw(dashboard.body(template))
    deliveries = [(stage.name, order(stage)) for stage in stages(outline())]
    return section(
        "architecture",
        "Architecture",
        figure("How a file goes", image(docs / pictures.FLOW, "image/svg+xml", flow_words)),
        table("How a file goes, and the news of a failure", ("From", "To", "What"), rows),
        figure("The dashboard", dashboard_image.replace("<svg ", '<svg class="picture" ')),
        table("The pipeline (+ at the same time)", ("Stage", "Actions"), deliveries),
    )


def figure(caption: str, picture: str) -> str:
    """Return a picture that scrolls, with what it shows."""
    return f"<figure>{wide(picture, caption)}<figcaption>{caption}</figcaption></figure>"


def image(path: Path, kind: str, alternative: str) -> str:
    """Return a picture that is inside the page."""
    content = base64.b64encode(path.read_bytes()).decode()
    return f'<img alt="{escape(alternative)}" src="data:{kind};base64,{content}">'


def processors(docs: Path) -> str:
    """Return how a team brings its own, and what is entered and signed of each file."""
    entries = [
        folded(title.replace("`", ""), markdown(content, f"{name}: {title}"))
        for name in ("Processors", "Ledger")
        for title, content in parts(text(docs / f"{name.lower()}.md")).items()
    ]
    return section("processors", "Processors", *entries)


def permissions(docs: Path) -> str:
    """Return who may do what, with what needs it and what it stops; shown on the emulator."""
    proven, deploy = text(docs / "permissions.md"), text(docs / "deploy-role.md")
    return section(
        "permissions",
        "Permissions",
        folded("Grants, and the path that needs each", markdown(part(proven, "Grants"), "Grants")),
        folded("Guards, and the attack each stops", markdown(part(proven, "Guards"), "Guards")),
        folded("The role that deploys", markdown(part(deploy, "Every grant"), "Deploy role")),
    )


def alarms(template: Json, runbook: str) -> str:
    """Return each alarm with its part of the runbook, or else with its own description.

    Args:
        template: The application's.
        runbook: Content of ``docs/operations.md``; empty: there is none.
    """
    advice = parts(runbook)
    descriptions = {
        name: resource["Properties"]["AlarmDescription"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    first = [name for name in ("Before you begin", "Look first") if name in advice]
    entries = [folded(escape(name), markdown(advice[name], name, descriptions)) for name in first]
    for name, description in descriptions.items():
        summary = f"<strong>{name}</strong> {escape(description)}"
        # Of other processors, alarms have the name in front.
        words = next((advice[title] for title in advice if name.endswith(title)), "")
        entries.append(folded(summary, markdown(words, name, descriptions), name))
    return section("alarms", "Alarms and what to do", *entries)


def costs(template: Json) -> str:
    """Return the calculator. Without scripts it shows the costs of the defaults."""
    terms = calculator.terms(template)
    month = dollars(terms, {field.name: field.default for field in calculator.INPUTS})
    fields = "".join(
        f'<div><label for="{field.name}">{escape(field.label)}</label><input id="{field.name}" '
        f'name="{field.name}" type="number" inputmode="decimal" step="any" required '
        f'min="{field.minimum:.0f}" max="{field.maximum:.0f}" value="{field.default:.0f}"></div>'
        for field in calculator.INPUTS
    )
    rows = [
        (escape(service), f'<span data-service="{escape(service)}">${value:,.2f}</span>')
        for service, value in month.items()
    ]
    inlined = json.dumps([asdict(term) for term in terms]).replace("</", "<\\/")
    dated = prices()
    dates = " and ".join(dated[kind]["recorded"] for kind in ("processing", "standing"))
    return section(
        "costs",
        "What a month costs",
        f'<form id="calculator" aria-label="Cost calculator">{fields}</form>',
        f'<output id="total" for="{" ".join(field.name for field in calculator.INPUTS)}">'
        f"${sum(month.values()):,.2f} a month</output>",
        table("By service", ("Service", "Dollars a month"), rows),
        f"<p>List prices of us-east-1, {dates}, first tier, without the free tier; the "
        "second, of storage and of what is paid without any file, are as commonly quoted, not read "
        "from AWS's pages. Look them up before you rely on them. Not in "
        "it: old versions of files, access logs, alarm emails, a key of your own, events that "
        "EventBridge carries, and what your processors do besides.</p>",
        f'<script type="application/json" id="terms">{inlined}</script>',
    )
