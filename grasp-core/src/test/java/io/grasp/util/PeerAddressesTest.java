package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.type.TypeReference;

/** Addresses are read without a lookup: BlockHound makes a lookup fail on the threads of these tests. */
class PeerAddressesTest {
    private static @Nullable InetAddress literal(String text) {
        return Mono.fromSupplier(() -> Optional.ofNullable(PeerAddresses.literal(text)))
                .subscribeOn(Schedulers.parallel())
                .block()
                .orElse(null);
    }

    @Test
    void theTestNoticesLookups() {
        assertThatExceptionOfType(Throwable.class)
                .isThrownBy(() -> Mono.fromCallable(() -> InetAddress.getByName("999.1.1.1"))
                        .subscribeOn(Schedulers.parallel())
                        .block())
                .withRootCauseInstanceOf(BlockingOperationError.class);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, 0.0.0.0",
        "::1, 0:0:0:0:0:0:0:1",
        "2001:DB8::a, 2001:db8:0:0:0:0:0:a",
        "::ffff:192.0.2.1, 192.0.2.1",
        "64:ff9b::192.0.2.1, 64:ff9b:0:0:0:0:c000:201"
    })
    void aLiteralIsRead(String text, String address) {
        InetAddress literal = literal(text);
        assertThat(literal).isNotNull();
        assertThat(literal.getHostAddress()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.org",
                "999.1.1.1",
                "256.1.1.1",
                "1.2.3.256",
                "1.2.3",
                "1.2.3.4.5",
                "0127.0.0.1",
                "127.1",
                "2130706433",
                "0x7f.1.1.1",
                ":",
                ".::1",
                "1:2:3",
                "1::2::3",
                "::1.2.3.999",
                "12345::1",
                "fe80::1%1",
                "[::1]",
                "::g",
                " 192.0.2.1",
                "192.0.2.1\n"
            })
    void aNameIsNotLookedUp(String text) {
        assertThat(literal(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "999.1.1.1", "localhost", ""})
    void noAddressValueIsLookedUpAsAName(String text) {
        ObjectiveValue value = ObjectiveValue.of(text);
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> Mono.fromSupplier(() -> value.as(InetAddress.class))
                        .subscribeOn(Schedulers.parallel())
                        .block())
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL))
                .withMessageContaining("as InetAddress");
        String socketAddress = text + ":80"; // stays unresolved
        assertThat(Mono.fromSupplier(() -> ObjectiveValue.of(socketAddress).as(InetSocketAddress.class))
                        .subscribeOn(Schedulers.parallel())
                        .block())
                .matches(InetSocketAddress::isUnresolved);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::1", "192.0.2.1", "::1", "fe80::1"})
    void anAddressIsAValueWithoutItsNameAndScope(String text) throws Exception {
        InetAddress plain = InetAddress.getByName(text);
        InetAddress named = InetAddress.getByAddress("host.example", plain.getAddress());
        for (InetAddress address : new InetAddress[] {plain, named}) {
            ObjectiveValue value = ObjectiveValue.of(address);
            assertThat(value.as(String.class)).isEqualTo(text);
            assertThat(value.as(InetAddress.class)).isEqualTo(plain);
        }
        InetAddress scoped = plain instanceof Inet6Address
                ? Inet6Address.getByAddress("host.example", plain.getAddress(), 1)
                : plain;
        assertThat(ObjectiveValue.of(new Host(scoped, Map.of(scoped, 1))).as(Host.class))
                .isEqualTo(new Host(plain, Map.of(plain, 1)));
    }

    record Host(InetAddress address, Map<InetAddress, Integer> seen) {}

    @Test
    void noKeyIsLookedUpAsAName() {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> Mono.fromSupplier(() -> ObjectiveValue.of(Map.of("999.1.1.1", 1))
                                .as(new TypeReference<Map<InetAddress, Integer>>() {}))
                        .subscribeOn(Schedulers.parallel())
                        .block())
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::",
        "192.0.2.77, 192.0.2.0",
        "::ffff:192.0.2.77, 192.0.2.0",
        "fe80::1, fe80::1",
        "169.254.7.8, 169.254.7.8",
        "::1, ::"
    })
    void aHostMayHaveAllAddressesOfANetworkBeyondTheLink(String address, String network) throws Exception {
        assertThat(PeerAddresses.network(InetAddress.getByName(address))).isEqualTo(InetAddress.getByName(network));
    }
}
