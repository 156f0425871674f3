package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.RevocationGaps.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RevocationGapsTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final RevocationGaps gaps = new RevocationGaps(time::get);

    private void after(int minutes) {
        time.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    @Test
    void aGapEndsWhenItIsNotFoundAgain() {
        gaps.found(Kind.MALFORMED, "bob");
        after(9);
        gaps.found(Kind.MALFORMED, "bob");
        after(9);
        assertThat(gaps.sentences()).singleElement().asString().startsWith("the certificate of bob says ");
        after(2);
        assertThat(gaps.sentences()).isEmpty();
    }

    @Test
    void oneGapOfEachKindIsReportedAndTheNextWhenItHasEnded() {
        gaps.found(Kind.MALFORMED, "bob");
        gaps.found(Kind.TOO_MANY_SOURCES, "256");
        after(5);
        gaps.found(Kind.MALFORMED, "eve");
        assertThat(gaps.sentences()).hasSize(2).anyMatch(each -> each.contains("more than 256 sources"));
        after(6);
        gaps.found(Kind.MALFORMED, "eve");
        assertThat(gaps.sentences()).singleElement().asString().startsWith("the certificate of eve says ");
    }
}
