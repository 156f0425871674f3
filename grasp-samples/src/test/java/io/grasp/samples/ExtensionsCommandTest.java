package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtensionsCommandTest {
    @Test
    void greetsIsAnsweredAndFloodsWithARemark() {
        Cli.Run run = Cli.run("extensions");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).containsExactlyElementsOf(Page.EXTENSIONS.outputOf("extensions"));
    }
}
