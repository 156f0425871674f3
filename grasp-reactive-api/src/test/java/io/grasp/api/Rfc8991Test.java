package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/rfc8991.md names only calls that exist, and all functions, parameters and error codes of the RFC. */
class Rfc8991Test {
    private static final String PAGE = "rfc8991.md";

    /** The functions of RFC 8991 sections 2.3.3 to 2.3.7: input parameters, and results. */
    private static final Map<String, List<String>> FUNCTIONS = new LinkedHashMap<>();

    static {
        function("register_asa", "in: name of the ASA", "out: errorcode", "out: asa_handle");
        function("deregister_asa", "in: asa_handle", "in: name of the ASA", "out: errorcode");
        function(
                "register_objective",
                "in: asa_handle",
                "in: objective",
                "in: ttl",
                "in: discoverable",
                "in: overlap",
                "in: local",
                "out: errorcode");
        function("deregister_objective", "in: asa_handle", "in: objective", "out: errorcode");
        function(
                "discover",
                "in: asa_handle",
                "in: objective",
                "in: timeout",
                "in: minimum_TTL",
                "out: errorcode",
                "out: locator_list");
        function(
                "request_negotiate",
                "in: asa_handle",
                "in: objective",
                "in: peer",
                "in: timeout",
                "out: errorcode",
                "out: session_handle",
                "out: proffered_objective",
                "out: reason");
        function(
                "listen_negotiate",
                "in: asa_handle",
                "in: objective",
                "out: errorcode",
                "out: session_handle",
                "out: requested_objective");
        function("stop_listen_negotiate", "in: asa_handle", "in: objective", "out: errorcode");
        function(
                "negotiate_step",
                "in: asa_handle",
                "in: session_handle",
                "in: objective",
                "in: timeout",
                "out: errorcode",
                "out: session_handle",
                "out: proffered_objective",
                "out: reason");
        function("negotiate_wait", "in: asa_handle", "in: session_handle", "in: timeout", "out: errorcode");
        function("end_negotiate", "in: asa_handle", "in: session_handle", "in: result", "in: reason", "out: errorcode");
        function(
                "synchronize",
                "in: asa_handle",
                "in: objective",
                "in: peer",
                "in: timeout",
                "out: errorcode",
                "out: result");
        function("listen_synchronize", "in: asa_handle", "in: objective", "out: errorcode");
        function("stop_listen_synchronize", "in: asa_handle", "in: objective", "out: errorcode");
        function("flood", "in: asa_handle", "in: ttl", "in: tagged_objective_list", "out: errorcode");
        function("get_flood", "in: asa_handle", "in: objective", "out: errorcode", "out: tagged_objective_list");
        function("expire_flood", "in: asa_handle", "in: tagged_objective", "out: errorcode");
        function("send_invalid", "in: asa_handle", "in: session_handle", "in: info", "out: errorcode");
    }

    private static void function(String name, String... parameters) {
        FUNCTIONS.put(name, List.of(parameters));
    }

    @Test
    void itsCallsExist() throws IOException {
        ApiNames.assertExist(PAGE, "here");
    }

    @Test
    void aNameThatDoesNotExistIsFound() {
        assertThat(ApiNames.missing(List.of(
                        "`Asa.register(Objective)`, `Asa.register(String)`",
                        "`GraspErrorCode.NO_ASA` `GraspErrorCode.NO_NODE`",
                        "`Negotiation`, `Negotiaton`",
                        "`Locator.Ipv6`, `Locator.Ipv5`",
                        "`AsaContext`")))
                .containsExactly(
                        "Asa.register(String)", "GraspErrorCode.NO_NODE", "Negotiaton", "Locator.Ipv5", "AsaContext");
    }

    @Test
    void itListsEachFunctionWithItsParameters() throws IOException {
        Map<String, List<String>> listed = new LinkedHashMap<>();
        List<String> parameters = new ArrayList<>();
        for (String line : ApiNames.lines(PAGE)) {
            if (line.startsWith("#")) {
                parameters = new ArrayList<>();
            }
            if (line.startsWith("### ")) {
                listed.put(line.substring("### ".length()), parameters);
            } else {
                ApiNames.Row.of(line)
                        .map(row -> row.cell(0))
                        .filter(cell -> cell.startsWith("in: ") || cell.startsWith("out: "))
                        .ifPresent(parameters::add);
            }
        }
        assertThat(listed).isEqualTo(FUNCTIONS);
    }

    @Test
    void itListsEachErrorCode() throws IOException {
        List<String> listed = ApiNames.lines(PAGE).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .map(line -> line.substring(0, line.lastIndexOf(" | ")))
                .toList();

        assertThat(listed)
                .isEqualTo(Arrays.stream(GraspErrorCode.values())
                        .map(code -> "| " + code.number() + " | " + code.rfcName() + " | `GraspErrorCode." + code.name()
                                + "`")
                        .toList());
    }
}
