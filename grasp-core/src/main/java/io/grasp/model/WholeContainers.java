package io.grasp.model;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.CreatorProperty;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.util.NameTransformer;

/** Ensures that sets, maps and beans contain everything in the item, and that beans get all required properties. */
final class WholeContainers {
    private WholeContainers() {}

    /** {@return a deserializer that refuses elements or keys that are equal after conversion} */
    static ValueDeserializer<?> distinct(ValueDeserializer<?> deserializer) {
        return new Distinct(deserializer);
    }

    /** {@return a deserializer that refuses an item without a property that {@link StrictProperties} requires} */
    static ValueDeserializer<?> complete(BeanDeserializerBase deserializer) {
        return deserializer.getValueInstantiator().canCreateUsingDelegate() ? deserializer : new Complete(deserializer);
    }

    /** Reads a tree first, and then the object from it. */
    private abstract static class Checking extends DelegatingDeserializer {
        Checking(ValueDeserializer<?> deserializer) {
            super(deserializer);
        }

        final Object read(JsonNode tree, DeserializationContext context) {
            JsonParser tokens = tree.traverse(context);
            tokens.nextToken();
            return super.deserialize(tokens, context);
        }
    }

    private static final class Distinct extends Checking {
        Distinct(ValueDeserializer<?> deserializer) {
            super(deserializer);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return new Distinct(deserializer);
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            ValueDeserializer<?> contextual = super.createContextual(context, property);
            boolean isFiltered = property != null
                    && property.getMember() != null
                    && (!context.getAnnotationIntrospector()
                                    .findPropertyIgnoralByName(context.getConfig(), property.getMember())
                                    .getIgnored()
                                    .isEmpty()
                            || context.getAnnotationIntrospector()
                                            .findPropertyInclusionByName(context.getConfig(), property.getMember())
                                            .getIncluded()
                                    != null);
            return isFiltered ? ((DelegatingDeserializer) contextual).getDelegatee() : contextual; // by the author
        }

        @Override
        public Object deserialize(JsonParser p, DeserializationContext context) {
            if (!p.hasToken(JsonToken.START_ARRAY) && !p.hasToken(JsonToken.START_OBJECT)) {
                return super.deserialize(p, context);
            }
            JsonNode tree = context.readTree(p);
            Object read = read(tree, context);
            Collection<?> elements = read instanceof Map<?, ?> map ? map.values() : (Collection<?>) read;
            long nulls = tree.valueStream().filter(JsonNode::isNull).count();
            // the author may have configured that nulls are skipped
            long expected = tree.size() - (elements.stream().anyMatch(Objects::isNull) ? 0 : nulls);
            return elements.size() >= expected
                    ? read
                    : context.reportInputMismatch(
                            this, "%d of its elements are duplicates", expected - elements.size());
        }
    }

    private static final class Complete extends Checking {
        Complete(ValueDeserializer<?> deserializer) {
            super(deserializer);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return deserializer instanceof BeanDeserializerBase ? new Complete(deserializer) : deserializer;
        }

        @Override
        @SuppressWarnings("unchecked")
        public ValueDeserializer<Object> unwrappingDeserializer(DeserializationContext context, NameTransformer names) {
            return (ValueDeserializer<Object>) getDelegatee().unwrappingDeserializer(context, names);
        }

        @Override
        public Object deserialize(JsonParser p, DeserializationContext context) {
            boolean isObject = p.hasToken(JsonToken.START_OBJECT)
                    || p.hasToken(JsonToken.PROPERTY_NAME)
                    || p.hasToken(JsonToken.END_OBJECT);
            if (!isObject || !hasRequired()) {
                return super.deserialize(p, context);
            }
            JsonNode tree = context.readTree(p);
            for (Iterator<SettableBeanProperty> all = properties(); all.hasNext(); ) {
                SettableBeanProperty property = all.next();
                if (isRequired(property) && !isIn(tree, property, context)) {
                    context.reportPropertyInputMismatch(
                            handledType(), property.getName(), "Missing required property '%s'", property.getName());
                }
            }
            return read(tree, context);
        }

        private boolean hasRequired() {
            for (Iterator<SettableBeanProperty> all = properties(); all.hasNext(); ) {
                if (isRequired(all.next())) {
                    return true;
                }
            }
            return false;
        }

        /** Jackson itself checks the creator's parameters. */
        private static boolean isRequired(SettableBeanProperty property) {
            return property.isRequired() && !(property instanceof CreatorProperty);
        }

        private static boolean isIn(JsonNode tree, SettableBeanProperty property, DeserializationContext context) {
            return tree.has(property.getName())
                    || property.findAliases(context.getConfig()).stream()
                            .map(PropertyName::getSimpleName)
                            .anyMatch(tree::has);
        }

        private Iterator<SettableBeanProperty> properties() {
            return ((BeanDeserializerBase) getDelegatee()).properties();
        }
    }
}
