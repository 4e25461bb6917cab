"""References of every kind are found, with the conditions around them."""

from serverlessapp.template.reading import parse
from serverlessapp.template.references import of_template

TEXT = """\
Conditions:
  C: !Equals [!Ref P, x]
Resources:
  A:
    Type: T
    Condition: C
    DependsOn: [B, D]
    Properties:
      One: !GetAtt B.Arn
      Two: !If [C, !Sub "${B.Name}-${!Not}-${E}", !Ref F]
      Three: !Sub ["${X}", {X: !Ref G}]
      Four: !FindInMap [M, !Ref H, y]
      Five: !GetAtt [B, !Ref I]
Outputs:
  O:
    Condition: C
    Value: !Ref A
"""


def test_every_reference_is_found() -> None:
    template = parse(TEXT)
    found = {
        (reference.how, reference.target, reference.attribute, template.line(reference.place))
        for reference in of_template(template)
    }
    assert found == {
        ("Ref", "P", "", 2),
        *(("Condition", "C", "", line) for line in (6, 10, 16)),
        *(("DependsOn", title, "", 7) for title in "BD"),
        ("Fn::GetAtt", "B", "Arn", 9),
        ("Fn::Sub", "B", "Name", 10),
        *(("Fn::Sub", "E", "", 10), ("Ref", "F", "", 10), ("Ref", "G", "", 11)),
        *(("Fn::FindInMap", "M", "", 12), ("Ref", "H", "", 12)),
        *(("Fn::GetAtt", "B", "?", 13), ("Ref", "I", "", 13), ("Ref", "A", "", 17)),
    }


def test_a_reference_knows_under_which_conditions_it_is() -> None:
    guards = {r.target: r.guards for r in of_template(parse(TEXT)) if r.target in "EFGA"}
    assert guards["E"] == (("C", True), ("C", True))
    assert guards["F"] == (("C", True), ("C", False))
    assert guards["G"] == guards["A"] == (("C", True),)
