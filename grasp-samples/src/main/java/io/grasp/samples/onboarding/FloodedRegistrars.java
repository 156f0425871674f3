package io.grasp.samples.onboarding;

import io.grasp.api.Asa;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.samples.text.LineOutput;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The registrars in the flood cache of a member that can be reached by TCP. */
final class FloodedRegistrars implements RegistrarSource {
    private final Asa asa;
    private final Random random;
    private final LineOutput talk;

    /**
     * @param random decides between registrars that are equally near
     * @param talk receives a line for each registrar that is not reached
     */
    FloodedRegistrars(Asa asa, Random random, LineOutput talk) {
        this.asa = asa;
        this.random = random;
        this.talk = talk;
    }

    /** {@return the registrars that are known now} */
    Flux<FloodedObjective> known() {
        return asa.getFlood(JoinObjectives.REGISTRAR.name()).filter(JoinObjectives::isRegistrarForTcp);
    }

    /** {@return a registrar, when one is known} */
    Mono<FloodedObjective> next() {
        return asa.floods(JoinObjectives.REGISTRAR.name())
                .filter(JoinObjectives::isRegistrarForTcp)
                .next();
    }

    /** The more of its loop count a flood has left, the nearer is its registrar; equals are tried in any order. */
    @Override
    public Mono<List<InetSocketAddress>> registrars() {
        return known().collectList().map(found -> {
            List<FloodedObjective> order = new ArrayList<>(found);
            Collections.shuffle(order, random);
            order.sort(Comparator.comparing(each -> -each.objective().loopCount()));
            return order.stream().map(FloodedRegistrars::place).distinct().toList();
        });
    }

    @Override
    public void unreachable(InetSocketAddress registrar) {
        talk.say("The registrar at " + AddressText.of(registrar) + " was not reached");
        known().filter(flooded -> place(flooded).equals(registrar))
                .concatMap(flooded -> asa.expireFlood(flooded).onErrorComplete())
                .onErrorComplete()
                .subscribe();
    }

    private static InetSocketAddress place(FloodedObjective flooded) {
        Locator locator = Objects.requireNonNull(flooded.locator());
        InetAddress address = Objects.requireNonNull(locator.address());
        return new InetSocketAddress(address, Objects.requireNonNull(locator.port()));
    }
}
