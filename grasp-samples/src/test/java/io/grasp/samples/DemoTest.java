package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.wire.MessagePrinter;
import io.grasp.wire.MessageType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The demonstration. */
class DemoTest {
    private static final Pattern MESSAGE = Pattern.compile(" *[\\d.]+  (?:Gray|Briggs) +(?:=>|->) (M_.*)");

    @Test
    void endsAndPrintsTheSameOutputOnEachRun() {
        Cli.Run first = Cli.run("demo");

        assertThat(first.code()).isZero();
        assertThat(first.err()).isEmpty();
        assertThat(first.out()).hasSizeLessThanOrEqualTo(60);
        assertThat(Cli.run("demo")).isEqualTo(first);
    }

    @Test
    void printsTheSameOutputInAnotherLocale() {
        List<String> here = Cli.run("demo").out();
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(Cli.run("demo").out()).isEqualTo(here);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void printsTheOutputInThePage() {
        assertThat(Cli.run("demo").out()).containsExactlyElementsOf(Page.DEMO.outputOf("demo"));
    }

    @Test
    void theReadmeShowsTheFirstBargain() {
        List<String> all = Cli.run("demo").out();
        int end =
                (int) all.stream().takeWhile(line -> !line.contains("Result, ")).count();

        assertThat(Page.README.outputOf("demo")).containsExactlyElementsOf(all.subList(0, end + 1));
    }

    @Test
    void printsEachMessageThatAnObserverSees() {
        List<String> observed = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        GraspObserver onlooker = new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                observed.add(MessageType.name(message.type()) + " " + MessagePrinter.print(encoded));
            }
        };

        new Demo(lines::add, round -> {}, onlooker).run();

        List<String> shown = lines.stream()
                .map(MESSAGE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .toList();
        assertThat(shown).isEqualTo(observed).hasSizeGreaterThan(10);
        assertThat(Cli.run("demo").out().subList(1, lines.size() + 1)).isEqualTo(lines);
    }

    @Test
    void showsEveryKindOfNegotiation() {
        List<NegotiationReport> rounds = new ArrayList<>();
        List<String> lines = new ArrayList<>();

        new Demo(lines::add, rounds::add, GraspObserver.NONE).run();

        assertThat(rounds).hasSizeLessThanOrEqualTo(4).noneMatch(NegotiationReport::hasFailed);
        assertThat(rounds).extracting(NegotiationReport::outcome).contains("accepted", "declined");
        assertThat(rounds).extracting(NegotiationReport::dryRun).contains(true, false);
        assertThat(rounds).extracting(NegotiationReport::steps).anyMatch(steps -> steps > 2);
        String text = String.join("\n", lines);
        assertThat(text).contains("as raw CBOR", " 24(h'", "You are mean!", "M_WAIT", "M_FLOOD", "M_DISCOVERY");
        assertThat(lines).filteredOn(line -> line.contains("Result, ")).hasSameSizeAs(rounds);
    }

    @Test
    void theTimesOfTheLinesNeverDecrease() {
        List<Double> times = Cli.run("demo").out().stream()
                .skip(1)
                .map(line -> Double.valueOf(line.substring(0, 8).strip()))
                .toList();

        assertThat(times).isSorted();
    }

    @Test
    void eachRoundIsPrintedAsAJsonLine() {
        List<NegotiationReport> rounds = new ArrayList<>();
        new Demo(line -> {}, rounds::add, GraspObserver.NONE).run();

        List<JsonNode> lines = Cli.run("demo", "--json").json();

        assertThat(lines).hasSameSizeAs(rounds);
        Set<String> fields = new HashSet<>();
        lines.forEach(line -> fields.addAll(line.propertyNames()));
        assertThat(fields).containsExactlyInAnyOrder("outcome", "asked", "agreed", "reason", "dryRun", "steps");
    }
}
