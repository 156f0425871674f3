package io.grasp.security;

import java.time.Instant;
import java.util.List;

/**
 * Keeps the sentences of findings as long as they differ in nothing but what the clock says, so that a problem that
 * lasts is one problem.
 */
final class SteadyFindings {
    private volatile Made last = new Made(List.of(), List.of());

    private record Made(List<String> timeless, List<IdentityFinding> findings) {}

    /**
     * {@return the findings, as they were first made}
     *
     * @param now what their sentences name as the time
     */
    List<IdentityFinding> of(List<IdentityFinding> findings, Instant now) {
        List<String> timeless = findings.stream()
                .map(each -> each.sentence().replace(now.toString(), ""))
                .toList();
        Made before = last;
        if (timeless.equals(before.timeless)) {
            return before.findings;
        }
        last = new Made(timeless, findings);
        return findings;
    }
}
