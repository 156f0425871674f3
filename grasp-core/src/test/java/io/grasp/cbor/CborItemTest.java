package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class CborItemTest {
    @Test
    void refusesBytesThatAreNotExactlyOneItem() {
        assertThatExceptionOfType(CborException.class).isThrownBy(() -> CborItem.of(new byte[0]));
        assertThatExceptionOfType(CborException.class).isThrownBy(() -> CborItem.of(new byte[] {1, 2}));
        assertThatExceptionOfType(CborException.class).isThrownBy(() -> CborItem.of(new byte[] {(byte) 0x82, 1}));
    }

    @Test
    void equalityDependsOnTheBytesAndNotOnTheirPlaceInAnArray() throws CborException {
        CborItem slice = CborItem.wrap(new byte[] {9, 0x18, 5, 9}, 1, 2);
        CborItem whole = CborItem.of(new byte[] {0x18, 5});
        assertThat(slice).isEqualTo(whole).hasSameHashCodeAs(whole).hasToString("1805");
        assertThat(slice).isNotEqualTo(CborItem.of(new byte[] {5})); // the same number, in other bytes
        assertThat(slice.length()).isEqualTo(2);
    }

    @Test
    void copiesTheArraysThatItIsGivenAndGives() throws CborException {
        byte[] given = {0x41, 1};
        CborItem item = CborItem.of(given);
        given[1] = 2;
        item.bytes()[1] = 3;
        assertThat(item).hasToString("4101");
    }

    @Test
    void theReaderOfAnItemEndsWhereTheItemEnds() throws CborException {
        CborReader reader = CborItem.wrap(new byte[] {9, 1, 9}, 1, 1).reader();
        assertThat(reader.readUnsigned()).isEqualTo(1);
        assertThat(reader.atEnd()).isTrue();
    }
}
