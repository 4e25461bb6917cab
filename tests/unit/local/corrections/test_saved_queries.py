"""CloudFormation makes saved log queries."""

from ministack.services.cloudformation import provisioners

from local.corrections.saved_queries import create, with_saved_queries


def test_a_query_has_an_id_of_its_own_and_keeps_it() -> None:
    handler = with_saved_queries({})["AWS::Logs::QueryDefinition"]
    physical_id, attributes = create("Query", {}, "stack")
    assert attributes == {"QueryDefinitionId": physical_id}
    assert create("Query", {}, "stack")[0] != physical_id
    assert handler["update"](physical_id, {}, {}, "stack")[0] == physical_id


def test_ministack_still_needs_the_saved_query() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    assert "AWS::Logs::QueryDefinition" not in provisioners._RESOURCE_HANDLERS
