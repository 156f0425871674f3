package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8994 section 6.2.2. */
class AcpNodeNameTest {
    @Test
    void readsTheExampleOfTheRfc() throws Exception {
        AcpNodeName name = AcpNodeName.parse("fd89b714f3db00000200000064000000+area51.research@acp.example.com");

        assertThat(name.address()).contains(InetAddress.getByName("fd89:b714:f3db:0:200:0:6400:0"));
        assertThat(name.isAddressOmitted()).isFalse();
        assertThat(name.domain()).isEqualTo("acp.example.com");
        assertThat(name.routingSubdomain()).isEqualTo("area51.research.acp.example.com");
        assertThat(name.extensions()).isEmpty();
        assertThat(name).hasToString("fd89b714f3db00000200000064000000+area51.research@acp.example.com");
    }

    @Test
    void anAddressThatTheNodeGetsElsewhereIsNotOmitted() {
        assertThat(AcpNodeName.parse("0@example.com").address()).isEmpty();
        assertThat(AcpNodeName.parse("0@example.com").isAddressOmitted()).isFalse();
        assertThat(AcpNodeName.parse("+gray@example.com").isAddressOmitted()).isTrue();
        assertThat(AcpNodeName.parse("@example.com").isAddressOmitted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0++ext@example.com, example.com, ext",
        "++role=relay+!#$%&'*-/=?^_`{|}~@example.com, example.com, 'role=relay,!#$%&''*-/=?^_`{|}~'",
        "0+sub+a+b@example.com, sub.example.com, 'a,b'",
        "0+@example.com, example.com, ''",
        "0+3com.a-b@example, 3com.a-b.example, ''"
    })
    void readsSubdomainAndExtensions(String text, String routingSubdomain, String extensions) {
        AcpNodeName name = AcpNodeName.parse(text);

        assertThat(name.routingSubdomain()).isEqualTo(routingSubdomain);
        assertThat(name.extensions()).isEqualTo(extensions.isEmpty() ? List.of() : List.of(extensions.split(",")));
        assertThat(name).hasToString(text);
    }

    @Test
    void upperAndLowerCaseAreEqualExceptInExtensions() {
        AcpNodeName name = AcpNodeName.parse("FD89B714F3DB00000200000064000000+Area51+Ext@ACP.Example.com");

        assertThat(name)
                .isEqualTo(AcpNodeName.parse("fd89b714f3db00000200000064000000+area51+Ext@acp.example.com"))
                .hasSameHashCodeAs(AcpNodeName.parse("fd89b714f3db00000200000064000000+area51+Ext@acp.example.com"))
                .isNotEqualTo(AcpNodeName.parse("fd89b714f3db00000200000064000000+area51+ext@acp.example.com"));
        assertThat(name.domain()).isEqualTo("acp.example.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "0@",
                "00@example.com",
                "fd89b714@example.com",
                "fd89b714f3db0000020000006400000g@example.com",
                "fd89b714f3db00000200000064000000",
                "fd89b714f3db00000200000064000000+a@b@example.com",
                "rfcSELF+fd89b714f3db00000200000064000000@example.com",
                "gray@example.com",
                "0+a..b@example.com",
                "0+-a@example.com",
                "0+a-@example.com",
                "0+a+@example.com",
                "0++a b@example.com",
                "0@-example.com",
                "0@example.com.",
                "0@example..com",
                "0@exa_mple.com",
                " 0@example.com",
                "0@example.com\n",
                "0@ex\u00e4mple.com"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> AcpNodeName.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lengthsAreBounded() {
        String label = "a".repeat(63);
        String domain = String.join(".", label, label, label, "b".repeat(61));
        assertThat(AcpNodeName.parse("0@" + domain).domain()).hasSize(253);
        assertThatThrownBy(() -> AcpNodeName.parse("0@" + domain + "b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AcpNodeName.parse("0@a" + label)).isInstanceOf(IllegalArgumentException.class);
        assertThat(AcpNodeName.parse("0+" + "+x".repeat(300) + "@example.com").extensions())
                .hasSize(300);
        assertThatThrownBy(() -> AcpNodeName.parse("0+" + "+x".repeat(1_000_000) + "@example.com"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
