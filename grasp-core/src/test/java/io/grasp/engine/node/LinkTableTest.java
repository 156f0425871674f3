package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Link;
import java.lang.reflect.Proxy;
import java.util.Collection;
import org.junit.jupiter.api.Test;

class LinkTableTest {
    private final LinkTable links = new LinkTable();

    @Test
    void aShareLastsAsLongAsOneOfItsLinks() {
        Collection<Integer> shares = links.shares();
        Link first = link(1, 1);
        Link again = link(2, 1);
        Link other = link(3, 3);
        links.add(first);
        links.add(again);
        links.add(other);
        assertThat(shares).containsExactly(1, 3);
        assertThat(links.all()).containsExactly(first, again, other);

        links.remove(1);
        assertThat(shares).containsExactlyInAnyOrder(1, 3);
        assertThat(links.hasShare(1)).isTrue();
        assertThat(links.get(1)).isNull();

        links.remove(2);
        links.remove(2);
        assertThat(shares).containsExactly(3);
        assertThat(links.hasShare(1)).isFalse();
        assertThat(links.all()).containsExactly(other);
    }

    @Test
    void aLinkReplacesTheOneWithItsIndex() {
        links.add(link(1, 1));
        Link newer = link(1, 7);
        links.add(newer);
        assertThat(links.all()).containsExactly(newer);
        assertThat(links.shares()).containsExactly(7);
    }

    private static Link link(int index, int share) {
        return (Link) Proxy.newProxyInstance(
                Link.class.getClassLoader(),
                new Class<?>[] {Link.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "index" -> index;
                    case "share" -> share;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> index;
                    case "toString" -> "link " + index;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
