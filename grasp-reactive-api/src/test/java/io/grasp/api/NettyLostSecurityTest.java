package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettySubstrate;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** An operator can withdraw the assertion of security from a running node, and make it again. */
class NettyLostSecurityTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    @BeforeEach
    void requireLink() {
        NettyWorld.require();
    }

    @Test
    void sessionsFailWhenTheAssertionIsWithdrawn() {
        NettySubstrate substrate = NettySubstrate.create(
                NettyConfig.defaults().withLinks(NettyWorld.LINK).withAssumeSecure(true));
        Objective objective = Objective.negotiable("EX3");
        Mono<Void> scenario = Mono.usingWhen(
                Grasp.start(GraspConfig.defaults().withSubstrate(() -> substrate)),
                grasp -> grasp.registerAsa("operator").flatMap(asa -> {
                    Mono<Void> search = asa.discover(objective, Duration.ofHours(1))
                            .then()
                            .onErrorResume(
                                    GraspException.class,
                                    e -> e.code() == GraspErrorCode.NO_SECURITY ? Mono.empty() : Mono.error(e));
                    Mono<Void> withdrawal = grasp.load()
                            .doOnNext(load -> assertThat(load.sessions()).isOne())
                            .doOnNext(load -> substrate.assumeSecure(false))
                            .then();
                    return Mono.when(search, withdrawal)
                            .then(grasp.security())
                            .doOnNext(now -> assertThat(now).isEqualTo(Security.NONE))
                            .doOnNext(now -> substrate.assumeSecure(true))
                            .then(asa.discover(objective, DiscoverOptions.knownOnly())
                                    .then());
                }),
                Grasp::closeAsync);

        StepVerifier.create(scenario).expectComplete().verify(BOUND);
    }
}
