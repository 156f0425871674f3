package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a policy remembers of the values that were flooded. */
class AsaPolicyTest {
    private static final Parameter<Long> MOST = Parameter.number("most", 10, 1, 100);

    private final Map<String, ObjectiveValue> inForce = new HashMap<>();
    private final List<HostEvent> events = new ArrayList<>();
    private final AsaPolicy policy =
            new AsaPolicy(AsaManifest.of("bank", "1").withParameters(MOST), inForce, events::add);

    private static ObjectiveValue flooded(Object value) {
        return Objective.synchronizable("bank.Params").withValue(value).value();
    }

    /** The ASA can end between the two; its next start reads the value again. */
    @Test
    void aValueThatWasReadButNotAppliedIsReadAgain() {
        ObjectiveValue twenty = flooded(Map.of("most", 20));
        policy.read(twenty);
        policy.apply(twenty, policy.read(twenty));
        policy.apply(twenty, policy.read(twenty));
        assertThat(policy.current(MOST)).isEqualTo(20);
        assertThat(events).hasSize(1);

        Map<String, ObjectiveValue> thirty = Map.of("most", flooded(30));
        policy.readInherited(thirty);
        policy.applyInherited(thirty, policy.readInherited(thirty));
        assertThat(policy.current(MOST)).isEqualTo(30);
        assertThat(inForce).isEqualTo(thirty);
    }
}
