package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The demonstration of a protected domain, on real sockets of the loopback address. */
class SecureDemoTest {
    @Test
    void membersWorkAndAStrangerAndARevokedMemberAreRefused() {
        Set<String> before = threads();
        List<String> lines = new CopyOnWriteArrayList<>();
        List<SecureDemo.Step> steps = new CopyOnWriteArrayList<>();

        new SecureDemo(lines::add, steps::add).run();

        assertThat(steps)
                .extracting(SecureDemo.Step::event)
                .containsExactly("flooded", "negotiated", "refused", "revoked");
        assertThat(steps).extracting(SecureDemo.Step::node).containsExactly("Gray", "Gray", "Relay", "Relay");
        assertThat(steps.get(0).detail()).startsWith("EX1 = ").endsWith(" through Relay");
        assertThat(steps.get(1).detail()).contains("agreed on NZD");
        assertThat(steps.get(2).detail())
                .contains("Mallory (fda3", "was not issued by a trust anchor of this node", "RFC 8994 section 6.2.3");
        assertThat(steps.get(3).detail()).contains("Eve (fda3", "has been revoked");
        assertThat(lines).hasSizeLessThan(40).allMatch(line -> line.matches(" *\\d+\\.\\d{3}  \\w+ +.*"));
        assertThat(String.join("\n", lines)).doesNotContain("PRIVATE", "Exception");
        Processes.await(
                () -> "the end of " + started(before), () -> started(before).isEmpty());
    }

    /** The threads of nodes, which end with them; those of Reactor's schedulers are shared and remain. */
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("grasp-"))
                .collect(Collectors.toSet());
    }

    private static Set<String> started(Set<String> before) {
        Set<String> now = threads();
        now.removeAll(before);
        return now;
    }
}
