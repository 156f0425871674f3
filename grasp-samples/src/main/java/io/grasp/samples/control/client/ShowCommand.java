package io.grasp.samples.control.client;

import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Output;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows the lists of a running node. */
@Command(
        name = "show",
        description = {
            "Prints what a running node has: asas, hosted (the ASAs of a host), objectives, discoveries (the discovery"
                    + " cache), floods (the flood cache), sessions, connections, links (with each address,"
                    + " and why it is not used), neighbors, refused (peers that were refused), limits, drops, relay,"
                    + " or all of these.",
            "With --json, it prints one entry per line, as the control API has it (" + Documents.DIRECTORY
                    + "docs/control.md); those of 'all' are"
                    + " objects with the members list and entry."
        })
public final class ShowCommand implements Callable<Integer> {
    private static final String ALL = "all";

    /** In which a user may look for a peer that was refused. */
    private static final Set<Section> WITH_REFUSED = Set.of(Section.LINKS, Section.NEIGHBORS);

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "WHAT",
            completionCandidates = Names.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String what = "";

    ShowCommand() {}

    /** The names of the lists. */
    private static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }
    }

    private static List<String> names() {
        return Stream.concat(Arrays.stream(Section.values()).map(Section::id), Stream.of(ALL))
                .toList();
    }

    private record Entry(String list, JsonNode entry) {}

    @Override
    public Integer call() {
        if (!names().contains(what)) {
            CommandSpec command = Objects.requireNonNull(spec);
            throw new ParameterException(
                    command.commandLine(),
                    "'" + what + "' is none of " + String.join(", ", names()),
                    command.positionalParameters().get(0),
                    what);
        }
        return options.with((client, output) -> {
            if (what.equals(ALL)) {
                all(client, output);
            } else {
                Section section = section(what);
                show(section, entries(section, client, output), output, false);
                if (WITH_REFUSED.contains(section) && !output.isJson()) {
                    refused(client, output);
                }
            }
        });
    }

    private static List<JsonNode> entries(Section section, ControlClient client, Output output) {
        List<JsonNode> entries = section.entries(client);
        if (section == Section.LINKS && !output.isJson()) {
            nameInstances(entries, client.get("status"));
        }
        return entries;
    }

    /** Says of the links that this node does not use, but another instance of its process, by which they are used. */
    static void nameInstances(List<JsonNode> links, JsonNode status) {
        status.path("instances").forEach(instance -> {
            List<String> used = Json.texts(instance, "links");
            String kind = Json.has(instance, "dull") ? "a DULL instance" : "another instance";
            links.stream()
                    .filter(link -> used.contains(Json.text(link, "name"))
                            && Json.text(link, "state").equals("not_chosen"))
                    .forEach(link -> ((ObjectNode) link)
                            .put(
                                    "detail",
                                    "not by this node, but by " + kind + " beside it, port "
                                            + Json.text(instance, "port")));
        });
    }

    /** Those that a user may miss among links and neighbors. */
    private static void refused(ControlClient client, Output output) {
        List<JsonNode> refused = Section.REFUSED.entries(client);
        if (!refused.isEmpty()) {
            output.say("");
            output.say("Refused:");
            show(Section.REFUSED, refused, output, false);
        }
    }

    private static Section section(String name) {
        return Arrays.stream(Section.values())
                .filter(each -> each.id().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void all(ControlClient client, Output output) {
        if (output.isJson()) {
            entry("status", client.get("status"), output);
        } else {
            StatusReport.of(client).lines().forEach(output::say);
        }
        for (Section section : Section.values()) {
            output.say("");
            output.say(section.id() + ":");
            show(section, entries(section, client, output), output, true);
        }
    }

    private static void entry(String list, JsonNode entry, Output output) {
        output.result(JsonMapper.shared().valueToTree(new Entry(list, entry)), "");
    }

    private static void show(Section section, List<JsonNode> entries, Output output, boolean named) {
        if (output.isJson()) {
            for (JsonNode entry : entries) {
                if (named) {
                    entry(section.id(), entry, output);
                } else {
                    output.result(entry, "");
                }
            }
            return;
        }
        if (entries.isEmpty()) {
            output.say("(" + section.none() + ")");
        }
        section.lines(entries, output.columns()).forEach(output::say);
    }
}
