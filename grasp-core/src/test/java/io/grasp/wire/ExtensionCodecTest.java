package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionCodecTest {
    private static final String MULTICAST =
            "84" + "18c8" + "1a00bc614e" + "50fd000000000000000000000000000001" + "626869";

    private static GraspMessage decode(String hex) throws MalformedMessageException {
        return new MessageDecoder(CborLimits.DEFAULT).decode(HexFormat.of().parseHex(hex));
    }

    private static ExtensionMessage read(String hex) throws MalformedMessageException {
        return ExtensionCodec.read((UnknownMessage) decode(hex));
    }

    private static ObjectiveValue text(String text) {
        return ObjectiveValue.of((Object) text);
    }

    @Test
    void anEncodedMessageHasTheCommonStructure() throws Exception {
        ExtensionMessage message = new ExtensionMessage(
                200, new SessionId(12345678), InetAddress.getByName("fd00::1"), List.of(text("hi")));
        UnknownMessage written = ExtensionCodec.write(message);

        assertThat(HexFormat.of().formatHex(MessageEncoder.encode(written))).isEqualTo(MULTICAST);
        assertThat(written.type()).isEqualTo(200);
        assertThat(written.session()).isEqualTo(new SessionId(12345678));
        assertThat(read(MULTICAST)).isEqualTo(message);
    }

    @Test
    void theInitiatorAndTheOptionsMayBeMissing() throws Exception {
        assertThat(read("82" + "0a" + "01")).isEqualTo(new ExtensionMessage(10, new SessionId(1), null, List.of()));
        assertThat(read("83" + "0a" + "01" + "44c0000201").initiator()).isEqualTo(InetAddress.getByName("192.0.2.1"));
    }

    @Test
    void bytesThatAreNotAnAddressAreReadAsAnOption() throws Exception {
        ExtensionMessage short1 = read("83" + "0a" + "01" + "420102");
        assertThat(short1.initiator()).isNull();
        assertThat(short1.options()).hasSize(1);
        ExtensionMessage later = read("84" + "0a" + "01" + "01" + "44c0000201");
        assertThat(later.initiator()).isNull();
        assertThat(later.options()).hasSize(2);
        ExtensionMessage twice = read("84" + "0a" + "01" + "44c0000201" + "44c0000202");
        assertThat(twice.initiator()).isEqualTo(InetAddress.getByName("192.0.2.1"));
        assertThat(twice.options()).hasSize(1);
    }

    @Test
    void anArrayOfIndefiniteLengthIsRead() throws Exception {
        assertThat(read("9f" + "0a" + "01" + "626869" + "ff").options()).containsExactly(text("hi"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81" + "0a", // no Session ID
                "82" + "0a" + "626869", // another item instead of it
                "82" + "0a" + "1b0000000100000000" // too large
            })
    void aMessageWithAnotherStructureIsNotRead(String hex) throws Exception {
        assertThat(read(hex)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "80,-1",
        "01,-1",
        "816161,-1",
        "8118c8,200",
        "82186b01,107",
        "811b00000001000000c8,-1",
        "9fff,-1",
        "9f186bff,107"
    })
    void anOptionBeginsWithItsNumber(String hex, int type) throws Exception {
        assertThat(ExtensionCodec.optionType(CborItem.of(HexFormat.of().parseHex(hex))))
                .isEqualTo(type);
    }

    @Test
    void assignedNumbersAndMalformedItemsAreNotSent() {
        for (int type : new int[] {-1, 0, 9, 99, 100, 106, 256}) {
            assertThatThrownBy(() -> new ExtensionMessage(type, new SessionId(1), null, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("number " + type);
        }
        for (int type : new int[] {10, 98, 107, 255}) {
            assertThat(new ExtensionMessage(type, new SessionId(1), null, List.of()).type())
                    .isEqualTo(type);
        }
        assertThatThrownBy(() -> new ExtensionMessage(10, new SessionId(1), null, List.of(ObjectiveValue.NONE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void damagedMessagesAreReadOrRefused() {
        long seed = 20261127;
        SplittableRandom random = new SplittableRandom(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = HexFormat.of().parseHex(MULTICAST);
            for (int j = 1 + random.nextInt(3); j > 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                GraspMessage message = new MessageDecoder(CborLimits.DEFAULT).decode(bytes);
                ExtensionCodec.unknownElements(message).forEach(ExtensionCodec::optionType);
                if (message instanceof UnknownMessage unknown && ExtensionCodec.read(unknown) != null) {
                    read++;
                }
            } catch (MalformedMessageException e) {
                // a valid one
            }
        }
        assertThat(read).as("seed " + seed).isPositive();
    }
}
