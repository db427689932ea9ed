"""Claims: what each kind needs, and that it names a source, policies, outcomes and parameters that exist."""

from __future__ import annotations

from offramp.scenario.checks.context import Context
from offramp.scenario.checks.parameters import parameter_paths
from offramp.scenario.checks.policies import check_edit
from offramp.scenario.document import Claim
from offramp.scenario.edits import EditError, parse_edit

_NEEDS: dict[str, tuple[str, ...]] = {
    "fact": ("says",),
    "mechanism": ("parameter", "expects"),
    "counterfactual": ("edit", "outcome", "expects"),
    "forecast": ("outcome", "probability"),
    "untestable": ("reason",),
}
_DIRECTED = ("lower", "higher", "no_change")


def check_claims(context: Context) -> None:
    """Check every claim."""
    for name, claim in context.document.claims.items():
        path = f"claims.{name}"
        _check_needs(context, path, name, claim)
        if claim.source not in context.document.sources and f"sources.{claim.source}" not in context.loaded.set_aside:
            sources = context.document.sources
            context.report(
                "E403",
                f"{path}.source",
                f"`{claim.source}` is not a key of `sources`.",
                hint=context.nearest_hint(claim.source, sources, "sources"),
            )
        if claim.outcome is not None:
            context.known(f"{path}.outcome", claim.outcome, sort="outcome", section="outcomes")
        if claim.parameter is not None:
            known = parameter_paths(context)
            if claim.parameter not in known:
                context.unknown(
                    f"{path}.parameter", claim.parameter, sort="parameter", known=known, section="parameters"
                )
        if claim.edit is not None:
            _check_edit(context, f"{path}.edit", claim.edit)


def _check_needs(context: Context, path: str, name: str, claim: Claim) -> None:
    for field in _NEEDS[claim.kind]:
        if getattr(claim, field) is None:
            context.report_key(
                "E359",
                path,
                f"The claim `{name}` is a {claim.kind} and lacks `{field}`.",
                hint=f"A {claim.kind} has {', '.join(f'`{need}`' for need in _NEEDS[claim.kind])}.",
            )
    if claim.kind in {"mechanism", "counterfactual"} and claim.expects not in {None, *_DIRECTED}:
        context.report(
            "E359",
            f"{path}.expects",
            f"A {claim.kind} expects `lower`, `higher` or `no_change`, not `{claim.expects}`.",
        )


def _check_edit(context: Context, path: str, text: str) -> None:
    """A policy's name, or an edit written out."""
    if text in context.document.policies:
        return
    try:
        parse_edit(text)
    except EditError:
        if " " not in text.strip():
            context.known(path, text, sort="policy", section="policies")
            return
    check_edit(context, path, text)
