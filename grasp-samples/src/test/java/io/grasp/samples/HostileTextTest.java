package io.grasp.samples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Output;
import io.grasp.simulation.trace.Trace;
import io.grasp.util.HostileText;
import io.grasp.wire.End;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Names, values and reasons of peers never reach the terminal or a chart as they are. */
class HostileTextTest {
    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    private static Cli.Run printable(Cli.Run run) {
        run.out().forEach(line -> HostileText.assertPrintableLine("standard output", line));
        run.err().forEach(line -> HostileText.assertPrintableLine("standard error", line));
        return run;
    }

    @Test
    void valuesAndLocatorsOfFloodsAreEscapedAndJsonIsReversible() {
        Grasp peer = town.node();
        Asa asa = town.await(peer.registerAsa("peer")).get(0);
        for (String text : HostileText.SENDABLE) {
            String name = "X" + text;
            Objective objective = Objective.synchronizable(name).withValue(Map.of(text, List.of(text)));
            town.await(asa.register(objective));
            Flux.interval(Duration.ofSeconds(1), peer.scheduler())
                    .take(3)
                    .concatMap(tick -> asa.flood(
                            List.of(new TaggedObjective(objective, Locator.uri(text))),
                            FloodOptions.validFor(Duration.ofMinutes(1))))
                    .subscribe();

            Cli.Run words = printable(Cli.runIn(town, "get-flood", name, "--assume-secure"));
            assertThat(words.out()).isNotEmpty().allMatch(line -> line.contains("\\u"));
        }
        String text = HostileText.SENDABLE.get(1);
        Flux.interval(Duration.ofSeconds(1), peer.scheduler())
                .take(3)
                .concatMap(tick ->
                        asa.flood(Objective.synchronizable("X" + text).withValue(List.of(text)), Duration.ofMinutes(1)))
                .subscribe();
        List<JsonNode> json = printable(Cli.runIn(town, "get-flood", "X" + text, "--assume-secure", "--json"))
                .json();
        assertThat(json)
                .anySatisfy(
                        line -> assertThat(line.get("value").get(0).asString()).isEqualTo(text));
    }

    @Test
    void reasonsForDecliningAndNamesAreEscapedInTheOutputAndInCharts() {
        Trace trace = Trace.create();
        town.network.observe(trace);
        Asa asa = town.await(town.node().registerAsa("peer")).get(0);
        for (String text : HostileText.SENDABLE) {
            Objective objective = Objective.negotiable("X" + text);
            town.await(asa.register(objective));
            asa.listenNegotiate(objective)
                    .flatMap(negotiation -> negotiation
                            .converse(offers -> offers.map(offer -> Move.decline(text)))
                            .onErrorComplete())
                    .subscribe();
            town.loop.runReady();

            Cli.Run words = printable(Cli.runIn(town, "negotiate", objective.name(), "100", "--assume-secure"));
            assertThat(words.out().toString() + words.err()).contains("\\u");
            Cli.Run json =
                    printable(Cli.runIn(town, "negotiate", objective.name(), "100", "--assume-secure", "--json"));
            assertThat(json.onlyJson().get("reason").asString()).isEqualTo(text);
            printable(Cli.runIn(town, "negotiate", objective.name() + "?", "100", "--assume-secure"));
        }

        HostileText.assertPrintable("the chart", trace.chart().html("title"));
        HostileText.assertPrintable("the chart", trace.chart().mermaid());
        trace.lines().forEach(line -> HostileText.assertPrintableLine("the trace", line));
    }

    @Test
    void decodedMessagesAndWrongArgumentsAreEscaped() {
        for (String text : HostileText.SENDABLE) {
            String hex = HexFormat.of()
                    .formatHex(MessageEncoder.encode(new End(new SessionId(7), new GraspOption.Decline(text))));
            assertThat(printable(Cli.run("decode", hex)).code()).isZero();
            assertThat(printable(Cli.run("decode", "--json", hex)).code()).isZero();
            assertThat(printable(Cli.run("decode", text)).code()).isEqualTo(1);
            assertThat(printable(Cli.run(text)).code()).isEqualTo(2);
            assertThat(printable(Cli.run("--" + text)).code()).isEqualTo(2);
        }
    }

    private static final DescribedPredicate<JavaCall<?>> PRINTING = DescribedPredicate.describe(
            "print",
            call -> (call.getTargetOwner().isAssignableTo(PrintStream.class)
                            || call.getTargetOwner().isAssignableTo(PrintWriter.class))
                    && call.getName().matches("print(ln|f)?|append|write|format"));

    /** All other code prints by these two classes, which escape. */
    @Test
    void onlyTheOutputClassesPrint() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.grasp");
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Output.class.getName())
                .and()
                .doNotHaveFullyQualifiedName(ErrorOutput.class.getName())
                .and()
                .resideOutsideOfPackage("io.grasp.benchmarks..")
                .should()
                .callCodeUnitWhere(PRINTING)
                .check(classes);
    }
}
