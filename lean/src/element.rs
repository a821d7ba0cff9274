//! The elements that `html!` makes.

use full::{
    html::NodeRef,
    virtual_dom::{
        AttrValue, AttributeOrProperty, Attributes, Key, Listeners, VNode, VTag as Full,
    },
};

/// What `html!` makes of `<name …>`, by the name that Yew has for it. What is known when it is compiled
/// decides which of the functions below is called: each is compiled once, where Yew's own constructor is
/// compiled into every use.
pub struct VTag;

type Fixed = &'static [(&'static str, AttributeOrProperty)];

impl VTag {
    /// An element that is no field.
    #[inline(always)]
    pub fn __new_other(
        tag: AttrValue,
        node_ref: NodeRef,
        key: Option<Key>,
        attributes: Attributes,
        listeners: Listeners,
        children: VNode,
    ) -> VNode {
        match (tag, key, attributes, listeners) {
            (AttrValue::Static(tag), None, Attributes::Static(fixed), Listeners::None) => {
                plain(tag, node_ref, fixed, children)
            }
            (tag, key, attributes, listeners) => {
                other(tag, node_ref, key, attributes, listeners, children)
            }
        }
    }

    /// An `input`.
    #[inline(never)]
    pub fn __new_input(
        value: Option<AttrValue>,
        checked: Option<bool>,
        node_ref: NodeRef,
        key: Option<Key>,
        attributes: Attributes,
        listeners: Listeners,
    ) -> VNode {
        Full::__new_input(value, checked, node_ref, key, attributes, listeners).into()
    }
}

#[inline(never)]
fn plain(tag: &'static str, node_ref: NodeRef, fixed: Fixed, children: VNode) -> VNode {
    let (tag, attributes) = (AttrValue::Static(tag), Attributes::Static(fixed));
    Full::__new_other(tag, node_ref, None, attributes, Listeners::None, children).into()
}

#[inline(never)]
fn other(
    tag: AttrValue,
    node_ref: NodeRef,
    key: Option<Key>,
    attributes: Attributes,
    listeners: Listeners,
    children: VNode,
) -> VNode {
    Full::__new_other(tag, node_ref, key, attributes, listeners, children).into()
}
