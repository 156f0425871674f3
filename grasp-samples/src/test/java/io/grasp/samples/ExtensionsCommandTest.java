package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtensionsCommandTest {
    @Test
    void greetsIsAnsweredAndFloodsWithARemark() {
        Cli.Run run = Cli.run("extensions");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).containsSubsequence("Bob  Greeted by Ann", "Ann  Answered by Bob");
        assertThat(run.out()).contains("Bob  Remark: [201, \"from Ann\"]");
        assertThat(run.out()).anyMatch(line -> line.startsWith("Ann  sends [200, "));
        assertThat(Cli.run("extensions")).as("the same every time").isEqualTo(run);
    }
}
