package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NodeLocators;
import io.grasp.substrate.netty.NettyConfig;
import java.net.BindException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** A node whose port the operator has set. */
class NettyPortTest {
    private static final int PORT = 17_171;
    private static final GraspConfig AT_PORT = GraspConfig.defaults()
            .withNetwork(NettyConfig.defaults().withLinks("lo").withPort(PORT).withAssumeSecure(true));
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @BeforeAll
    static void requireNetwork() {
        NettyWorld.require();
    }

    @Test
    void theLocatorsOfANodeHaveItsPortAndAnotherNodeCannotUseIt() {
        Grasp node = Grasp.start(AT_PORT).block(PATIENCE);
        try {
            NodeLocators locators = node.locators().block(PATIENCE);
            assertThat(locators.port()).isEqualTo(PORT);
            assertThat(locators.links())
                    .hasSize(1)
                    .allMatch(link -> link.locator().port() == PORT);

            StepVerifier.create(Grasp.start(AT_PORT))
                    .expectErrorSatisfies(failure -> {
                        assertThat(failure)
                                .isInstanceOf(GraspException.class)
                                .hasMessageContaining("cannot start: TCP port " + PORT + " is already in use")
                                .hasCauseInstanceOf(BindException.class);
                        assertThat(((GraspException) failure).code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
                        assertThat(((GraspException) failure).origin()).isEqualTo(GraspException.Origin.TRANSPORT);
                    })
                    .verify(PATIENCE);
        } finally {
            node.closeAsync().block(PATIENCE);
        }
    }
}
